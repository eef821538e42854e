//! The contract of a block encoding.

use qnewton_circuit::{Circuit, CircuitError, Register, RegisterKind};

macro_rules! methods {
    ($($variant:ident, $name:literal, $doc:literal;)*) => {
        /// A method of block encoding.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Method {
            $(#[doc = $doc] $variant,)*
        }

        impl Method {
            /// All methods.
            pub const ALL: &'static [Method] = &[$(Method::$variant,)*];

            /// The name on the command line.
            pub fn name(self) -> &'static str {
                match self {
                    $(Method::$variant => $name,)*
                }
            }

            /// One line for help texts.
            pub fn description(self) -> &'static str {
                match self {
                    $(Method::$variant => $doc,)*
                }
            }
        }
    };
}

methods! {
    Sparse, "sparse", "edge-coloured sparsity graph, table look-ups; few non-zeros per row";
    Fable, "fable", "multiplexed rotations over all N^2 entries; alpha = N max|a|";
    SFable, "s-fable", "FABLE between Hadamard transforms; few rotations for sparse matrices if an error is allowed";
    LsFable, "ls-fable", "one rotation for each non-zero, for an allowed error; large alpha";
    Bitble, "bitble", "binary trees prepare columns; alpha = Frobenius norm, or the norm of |A| for twice the gates";
    PauliLcu, "pauli-lcu", "linear combination of Pauli strings; alpha = sum of their coefficients";
    Dyadic, "dyadic", "exclusive-or masks weighted by their largest entry; alpha <= FABLE's";
    Dictionary, "dictionary", "entries of equal magnitude grouped; rotations by multiples of pi only";
    Gram, "gram", "(1/B) G^T G + shift I from a file of per-sample gradients G, B x N";
    Kronecker, "kronecker", "Kronecker products recognised; alphas multiply, gates add";
    Banded, "banded", "few diagonals; alpha = the sum of their largest magnitudes";
    Structured, "structured", "constant diagonals, recognised: Toeplitz, circulant, Laplacians on grids; no value rotations";
    Dilation, "dilation", "one ancilla and alpha = the norm, from singular vectors: excluded from `auto`";
    LowRankPlusDiagonal, "low-rank-plus-diagonal", "a diagonal plus few rank-one terms, recognised";
}

impl Method {
    /// Whether it needs eigenvectors or singular vectors of the matrix.
    pub fn is_spectral(self) -> bool {
        self == Method::Dilation
    }

    /// The method of that name.
    pub fn from_name(name: &str) -> Option<Method> {
        Method::ALL.iter().copied().find(|method| method.name() == name)
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
    /// How it was made: the method's name, or that of a composition.
    pub name: String,
    /// Number of system qubits, at least one.
    pub system_qubits: usize,
    /// Names of the registers that must be projected on |0>.
    pub projected: Vec<String>,
    /// Subnormalization, in units of A.
    pub alpha: f64,
    /// Bound of ||alpha <0|U|0> - A|| by construction, in units of A, operator norm; rounding comes on top, see
    /// [`crate::certify`].
    pub truncation: f64,
    /// Whether U^2 = 1 (on clean ancillas), so that U is its own inverse; else see
    /// [`crate::composition::self_inverse`].
    pub hermitian: bool,
    /// Whether making it needed eigenvectors or singular vectors of A.
    pub spectral: bool,
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

    /// Number of qubits that are returned to |0> in any case.
    pub fn clean_qubits(&self) -> Result<usize, CircuitError> {
        let allocated = qnewton_circuit::lower::allocate_ancillas(&self.circuit)?;
        let operands: usize = self.circuit.entry()?.operand_count();
        debug_assert!(
            allocated.entry()?.registers().iter().all(|register| register.kind == RegisterKind::Operand)
        );
        Ok(allocated.entry()?.qubit_count() - operands)
    }
}
