//! t
use qnewton_matrix::*;
use std::time::Instant;
fn main() {
    for n in [64usize, 128, 256, 384, 512, 768, 1024, 1536, 2048] {
        let rnd = |k: usize| {
            let mut x = k as u64;
            x = x.wrapping_mul(0x9E3779B97F4A7C15);
            x ^= x >> 29;
            x = x.wrapping_mul(0xBF58476D1CE4E5B9);
            (x >> 11) as f64 / (1u64 << 53) as f64 - 0.5
        };
        let sym = SparseMatrix::from_triplets(
            n,
            n,
            (0..n * n).map(|k| {
                let (i, j) = (k / n, k % n);
                let (a, b) = (i.max(j), i.min(j));
                (i, j, rnd(a * n + b) + if i == j { (n as f64).sqrt() * 1.01 } else { 0.0 })
            }),
        )
        .unwrap();
        let gen_ = SparseMatrix::from_triplets(n, n, (0..n * n).map(|k| (k / n, k % n, rnd(k)))).unwrap();
        for (name, m) in [("sym", &sym), ("gen", &gen_)] {
            let t = Instant::now();
            let e = spectrum(m, &SpectrumOptions { exact_up_to: 1 << 20, ..Default::default() }).unwrap();
            let te = t.elapsed().as_secs_f64();
            let t = Instant::now();
            let l = spectrum(m, &SpectrumOptions { exact_up_to: 0, ..Default::default() }).unwrap();
            let tl = t.elapsed().as_secs_f64();
            let s = solve(m, &vec![1.0; n]).unwrap();
            println!(
                "{n} {name} exact {te:.4} lanczos {tl:.4} kappa {:.6e} {:.6e} [{:.4e} {:.4e}] solve {:.4} {:?} res {:.1e}",
                e.condition_number.unwrap(),
                l.condition_number.unwrap_or(-1.0),
                l.condition_interval().lower,
                l.condition_interval().upper,
                s.seconds,
                s.method,
                s.relative_residual
            );
        }
    }
    let side = 300;
    let e = (0..side * side).flat_map(|i| {
        let mut v = vec![(i, i, 4.01)];
        if i % side > 0 {
            v.push((i, i - 1, -1.0))
        }
        if i % side < side - 1 {
            v.push((i, i + 1, -1.0))
        }
        if i >= side {
            v.push((i, i - side, -1.0))
        }
        if i + side < side * side {
            v.push((i, i + side, -1.0))
        }
        v
    });
    let g = SparseMatrix::from_triplets(side * side, side * side, e).unwrap();
    let t = Instant::now();
    let s = solve(&g, &vec![1.0; side * side]).unwrap();
    println!(
        "grid chol {:?} {:.3} all {:.3} res {:.1e}",
        s.method,
        s.seconds,
        t.elapsed().as_secs_f64(),
        s.relative_residual
    );
    let t = Instant::now();
    let s = spectrum(&g, &SpectrumOptions::default()).unwrap();
    println!("grid spectrum {:.3} {:?}", t.elapsed().as_secs_f64(), s);
    let u = g.map(|v| if v > 0.0 { v } else { v });
    let u = SparseMatrix::from_triplets(
        side * side,
        side * side,
        u.iter().map(|(i, j, v)| (i, j, if i < j { v * 0.9 } else { v })),
    )
    .unwrap();
    let s = solve(&u, &vec![1.0; side * side]).unwrap();
    println!("grid lu {:?} {:.3} res {:.1e}", s.method, s.seconds, s.relative_residual);
    let ind = SparseMatrix::from_triplets(
        side * side,
        side * side,
        g.iter().map(|(i, j, v)| (i, j, if i == j { 1.0 } else { v })),
    )
    .unwrap();
    let s = solve(&ind, &vec![1.0; side * side]).unwrap();
    println!("grid indefinite {:?} {:.3} res {:.1e}", s.method, s.seconds, s.relative_residual);
    for n in [1000usize, 3000] {
        for d in [4usize, 12] {
            let m = SparseMatrix::from_triplets(
                n,
                n,
                (0..n * d).flat_map(|k| {
                    let i = k / d;
                    let j = (i * 7919 + k * 104729 + (k * k) % 977) % n;
                    [(i, j, ((k % 17) as f64) - 8.3), (i, i, 3.0)]
                }),
            )
            .unwrap();
            let t = Instant::now();
            match solve(&m, &vec![1.0; n]) {
                Ok(s) => println!(
                    "random {n} {d} nnz {} {:?} {:.3} res {:.1e} total {:.3}",
                    m.nnz(),
                    s.method,
                    s.seconds,
                    s.relative_residual,
                    t.elapsed().as_secs_f64()
                ),
                Err(e) => println!("{e}"),
            }
        }
    }
    let n = 2000usize;
    let m = SparseMatrix::from_triplets(n, n, (0..n * n).map(|k| (k / n, k % n, (k as f64).sin()))).unwrap();
    let t = Instant::now();
    write_matrix_market("/tmp/big.mtx", &m).unwrap();
    println!("write 4M {:.2}", t.elapsed().as_secs_f64());
    let t = Instant::now();
    let r = read_matrix("/tmp/big.mtx").unwrap();
    println!("read 4M {:.2} {}", t.elapsed().as_secs_f64(), r == AnyMatrix::Real(m));
}
