//! Executes a circuit and prints how long each stage took, for comparisons with other executors:
//! `execute FILE [single|double] [THREADS] [exact]`.

use qnewton::circuit::Circuit;
use qnewton::core::Silent;
use qnewton::statevector::{Program, Real, RunOptions, StateVector};
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let path = arguments.first().ok_or("a file is needed")?;
    let given = |word: &str| arguments.iter().any(|argument| argument == word);
    let threads = arguments.iter().find_map(|argument| argument.parse().ok()).unwrap_or(1);
    let start = Instant::now();
    let circuit = qnewton::qasm::read(&std::fs::read_to_string(path)?)?.circuit;
    println!("read {:.6}", start.elapsed().as_secs_f64());
    let options = RunOptions { threads: Some(threads), ..RunOptions::default() };
    let exact = given("exact");
    if given("single") {
        execute::<f32>(&circuit, exact, &options)
    } else {
        execute::<f64>(&circuit, exact, &options)
    }
}

fn execute<R: Real>(
    circuit: &Circuit,
    exact: bool,
    options: &RunOptions,
) -> Result<(), Box<dyn std::error::Error>> {
    let start = Instant::now();
    let program = if exact { Program::<R>::exact(circuit)? } else { Program::<R>::new(circuit)? };
    println!("plan {:.6}", start.elapsed().as_secs_f64());
    let mut state = StateVector::<R>::zero(program.qubits())?;
    for _ in 0..3 {
        state.reset();
        let start = Instant::now();
        program.run(&mut state, options, &Silent)?;
        println!("run {:.6}", start.elapsed().as_secs_f64());
    }
    println!("norm {:.16}", state.norm());
    for index in [0, 1, 2, 77, 1234, 4095] {
        let amplitude = state.amplitude(index);
        println!("modulus {:.16}", amplitude.re.into_f64().hypot(amplitude.im.into_f64()));
    }
    Ok(())
}
