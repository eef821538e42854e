//! Checkpoints: a suspended run and its state as bytes.
//!
//! All numbers are little-endian words of 64 bits: the bytes of a real number, the length of the circuit's name and the
//! name padded with zeros, the shape of the program, seed, parameters, trail and classical bits each behind their number,
//! phase, random numbers drawn, kernels done, qubits, the amplitudes (one word for two numbers of 32 bits), and a
//! checksum of all words before it.

use crate::error::ExecutorError;
use crate::program::Program;
use crate::real::Real;
use crate::run::RunOptions;
use crate::state::StateVector;
use crate::suspension::Suspended;
use crate::trail::Trail;
use num_complex::Complex;
use std::io::{ErrorKind, Read, Write};
use thiserror::Error;

const MAGIC: &[u8; 16] = b"qnewton-state 1\n";

/// Items of a list, beyond which it is taken to be damage.
const LONGEST: u64 = 1 << 24;

/// Why a run cannot go on from a checkpoint.
#[derive(Debug, Error)]
pub enum CheckpointError {
    /// It cannot be read.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// It is something else.
    #[error("this is no checkpoint of a run")]
    Foreign,
    /// It ends early, or its checksum differs.
    #[error("the checkpoint is damaged")]
    Damaged,
    /// It is of another circuit.
    #[error("the checkpoint is of another circuit")]
    Circuit,
    /// It has amplitudes of another size.
    #[error("the checkpoint has amplitudes of {found} bits, not {expected}")]
    Precision {
        /// Bits of a real number in the checkpoint.
        found: u64,
        /// Those of the run.
        expected: u64,
    },
    /// The program has other steps.
    #[error("the checkpoint is of this circuit, but another version of the program cut it into other steps")]
    Steps,
    /// It began with another seed or other angles.
    #[error("the checkpoint is of a run with another seed or other angles; its seed is {seed}")]
    Options {
        /// The seed of the checkpoint.
        seed: u64,
    },
    /// The state does not fit into memory.
    #[error(transparent)]
    Executor(#[from] ExecutorError),
}

/// Writes a checkpoint. `circuit` is a name that no other circuit has: a hash of what it says.
pub fn write_checkpoint<R: Real>(
    out: &mut dyn Write,
    circuit: &str,
    program: &Program<R>,
    suspended: &Suspended,
    state: &StateVector<R>,
) -> std::io::Result<()> {
    out.write_all(MAGIC)?;
    let mut out = WordWriter { out, checksum: 0 };
    out.word(8 * size_of::<R>() as u64)?;
    out.word(circuit.len() as u64)?;
    for piece in circuit.as_bytes().chunks(8) {
        let mut bytes = [0; 8];
        bytes[..piece.len()].copy_from_slice(piece);
        out.word(u64::from_le_bytes(bytes))?;
    }
    out.word(program.shape())?;
    out.word(suspended.seed)?;
    out.list(suspended.parameters.iter().map(|value| value.to_bits()))?;
    out.list(suspended.trail.numbers().iter().copied())?;
    out.list(suspended.bits.iter().map(|&bit| u64::from(bit)))?;
    out.word(suspended.phase.to_bits())?;
    out.word(suspended.drawn)?;
    out.word(suspended.kernels)?;
    out.word(state.qubits() as u64)?;
    for amplitude in state.iter() {
        let parts = [amplitude.re.into_f64(), amplitude.im.into_f64()];
        if size_of::<R>() == 4 {
            let [re, im] = parts.map(|part| u64::from((part as f32).to_bits()));
            out.word(re | im << 32)?;
        } else {
            parts.iter().try_for_each(|part| out.word(part.to_bits()))?;
        }
    }
    let checksum = out.checksum;
    out.word(checksum)
}

/// Reads the checkpoint of a run of `program`, which is that of `circuit`, with these options.
pub fn read_checkpoint<R: Real>(
    input: &mut dyn Read,
    circuit: &str,
    program: &Program<R>,
    options: &RunOptions,
) -> Result<(Suspended, StateVector<R>), CheckpointError> {
    let mut magic = [0; 16];
    match input.read_exact(&mut magic) {
        Err(error) if error.kind() != ErrorKind::UnexpectedEof => return Err(error.into()),
        _ if &magic != MAGIC => return Err(CheckpointError::Foreign),
        _ => {}
    }
    let mut input = WordReader { input, checksum: 0 };
    let (found, expected) = (input.word()?, 8 * size_of::<R>() as u64);
    let name = input.name()?;
    // The most telling reason first.
    if name != circuit.as_bytes() {
        return Err(CheckpointError::Circuit);
    }
    if found != expected {
        return Err(CheckpointError::Precision { found, expected });
    }
    if input.word()? != program.shape() {
        return Err(CheckpointError::Steps);
    }
    let seed = input.word()?;
    let parameters: Vec<f64> = input.list()?.into_iter().map(f64::from_bits).collect();
    if seed != options.seed || parameters != options.parameters {
        return Err(CheckpointError::Options { seed });
    }
    let trail = Trail::new(input.list()?);
    let bits: Vec<bool> = input.list()?.into_iter().map(|bit| bit != 0).collect();
    let phase = f64::from_bits(input.word()?);
    let (drawn, kernels) = (input.word()?, input.word()?);
    if input.word()? != program.qubits() as u64 || bits.len() != program.bits() {
        return Err(CheckpointError::Damaged);
    }
    let mut state = StateVector::<R>::zero(program.qubits())?;
    for amplitude in state.amplitudes_mut() {
        *amplitude = if size_of::<R>() == 4 {
            let word = input.word()?;
            let part = |bits: u64| R::from_f64(f64::from(f32::from_bits(bits as u32)));
            Complex::new(part(word), part(word >> 32))
        } else {
            let (re, im) = (input.word()?, input.word()?);
            Complex::new(R::from_f64(f64::from_bits(re)), R::from_f64(f64::from_bits(im)))
        };
    }
    let checksum = input.checksum;
    if input.word()? != checksum || input.input.read(&mut [0])? != 0 {
        return Err(CheckpointError::Damaged);
    }
    let total = program.operations();
    Ok((Suspended { seed, parameters, trail, bits, phase, drawn, kernels, total }, state))
}

/// The checksum with one more word.
fn mixed(checksum: u64, word: u64) -> u64 {
    (checksum.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

struct WordWriter<'a> {
    out: &'a mut dyn Write,
    checksum: u64,
}

impl WordWriter<'_> {
    fn word(&mut self, word: u64) -> std::io::Result<()> {
        self.checksum = mixed(self.checksum, word);
        self.out.write_all(&word.to_le_bytes())
    }

    fn list(&mut self, words: impl ExactSizeIterator<Item = u64>) -> std::io::Result<()> {
        self.word(words.len() as u64)?;
        words.into_iter().try_for_each(|word| self.word(word))
    }
}

struct WordReader<'a> {
    input: &'a mut dyn Read,
    checksum: u64,
}

impl WordReader<'_> {
    fn word(&mut self) -> Result<u64, CheckpointError> {
        let mut bytes = [0; 8];
        match self.input.read_exact(&mut bytes) {
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Err(CheckpointError::Damaged),
            result => result?,
        }
        let word = u64::from_le_bytes(bytes);
        self.checksum = mixed(self.checksum, word);
        Ok(word)
    }

    fn list(&mut self) -> Result<Vec<u64>, CheckpointError> {
        let length = self.word()?;
        if length > LONGEST {
            return Err(CheckpointError::Damaged);
        }
        (0..length).map(|_| self.word()).collect()
    }

    fn name(&mut self) -> Result<Vec<u8>, CheckpointError> {
        let length = self.word()?;
        if length > LONGEST {
            return Err(CheckpointError::Damaged);
        }
        let mut name = Vec::new();
        for _ in 0..length.div_ceil(8) {
            name.extend(self.word()?.to_le_bytes());
        }
        name.truncate(length as usize);
        Ok(name)
    }
}

impl<R: Real> Program<R> {
    /// A hash of how the circuit was cut into steps.
    fn shape(&self) -> u64 {
        let bodies = self.bodies.iter().flat_map(|body| [body.steps.len() as u64, body.kernels]);
        [self.entry as u64, self.qubits as u64].into_iter().chain(bodies).fold(0, mixed)
    }
}
