use qnewton_circuit::{Circuit, Definition, Gate, QubitId};
use qnewton_qasm::*;
use std::time::Instant;
fn main() {
    let mut d = Definition::new("main");
    d.add_register("system", 20);
    let mut x: u64 = 1;
    let mut r = || { x = x.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407); (x >> 11) as f64 / (1u64 << 53) as f64 };
    for k in 0..1_000_000u32 {
        let q = QubitId((r() * 20.0) as u32);
        if k % 2 == 0 { d.gate(Gate::U3, &[q], &[r() * 6.0 - 3.0, r() * 6.0 - 3.0, r() * 6.0 - 3.0]); }
        else { let p = QubitId((q.0 + 1) % 20); d.gate(Gate::Cx, &[q, p], &[]); }
    }
    let mut c = Circuit::new(); c.add(d);
    for style in [Style::Flat; 6] {
        let t = Instant::now();
        let text = write_string(&c, &WriteOptions::with_style(style)).unwrap();
        let s = t.elapsed().as_secs_f64();
        println!("{style:?} write {} MB in {s:.3} s: {:.0} MB/s", text.len() / 1000000, text.len() as f64 / s / 1e6);
        let t = Instant::now();
        let p = read(&text).unwrap();
        let s = t.elapsed().as_secs_f64();
        println!("read {s:.3} s: {:.0} MB/s, equal {}", text.len() as f64 / s / 1e6, p.circuit.entry().unwrap().operations() == c.entry().unwrap().operations());
    }
}
