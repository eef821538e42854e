//! The contract of a block encoding.

use qnewton_circuit::{Circuit, CircuitError, Register};

/// A method of block encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Method {
    /// Edge colouring of the sparsity graph, two table look-ups, one multiplexed rotation.
    Sparse,
    /// Multiplexed rotations over all entries (FABLE).
    Fable,
    /// Exclusive-or masks weighted by their largest entry.
    Dyadic,
}

impl Method {
    /// All methods.
    pub const ALL: &'static [Method] = &[Method::Sparse, Method::Fable, Method::Dyadic];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Method::Sparse => "sparse",
            Method::Fable => "fable",
            Method::Dyadic => "dyadic",
        }
    }

    /// The method of that name.
    pub fn from_name(name: &str) -> Option<Method> {
        Method::ALL.iter().copied().find(|method| method.name() == name)
    }

    /// One line for help texts.
    pub fn description(self) -> &'static str {
        match self {
            Method::Sparse => "edge-coloured sparsity graph, table look-ups; few non-zeros per row",
            Method::Fable => "multiplexed rotations over all N^2 entries; alpha = N max|a|",
            Method::Dyadic => "exclusive-or masks weighted by their largest entry; alpha <= FABLE's",
        }
    }
}

/// A block encoding: U with <0|U|0> = A / alpha, the ancillas projected on |0>.
///
/// The entry of `circuit` has the operand registers `system` (the row index, little-endian) and those named in
/// `projected`; clean ancilla registers are returned to |0> whatever happens and need no projection.
#[derive(Clone, Debug)]
pub struct BlockEncoding {
    /// The circuit of U.
    pub circuit: Circuit,
    /// How it was made.
    pub method: Method,
    /// Number of system qubits, at least one.
    pub system_qubits: usize,
    /// Names of the registers that must be projected on |0>.
    pub projected: Vec<String>,
    /// Subnormalization, in units of A.
    pub alpha: f64,
    /// Whether U^2 = 1 (on clean ancillas), so that U is its own inverse.
    pub hermitian: bool,
    /// Whether making it needed eigenvectors or singular vectors of A.
    pub spectral: bool,
    /// Largest table, for error bounds of its transform.
    pub(crate) largest_table: usize,
}

impl BlockEncoding {
    /// The registers that must be projected on |0>.
    pub fn projected_registers(&self) -> Result<Vec<&Register>, CircuitError> {
        let entry = self.circuit.entry()?;
        Ok(self.projected.iter().filter_map(|name| entry.register(name)).collect())
    }

    /// Number of qubits that must be projected on |0>.
    pub fn projected_qubits(&self) -> Result<usize, CircuitError> {
        Ok(self.projected_registers()?.iter().map(|register| register.len as usize).sum())
    }
}
