//! Block encodings of matrices: one module per method, one contract, one selector, the certificate.
//!
//! A [`BlockEncoding`] is a circuit U on a register `system` and ancillas, all starting in |0>, such that
//! <0|U|0> = A / alpha with the ancillas projected on |0>. What is deliberately absent: any knowledge of solvers.

mod banded;
mod bitble;
mod certificate;
pub mod composition;
mod dilation;
mod dyadic;
mod error;
mod fable;
mod gram;
mod kronecker;
mod lcu;
mod low_rank;
mod ls_fable;
mod method;
mod pauli;
mod reference;
mod relabelling;
mod s_fable;
mod select;
mod shifts;
mod sparse;
mod spectral;
mod structured;
mod synthesis;
mod template;
mod walsh;

pub use certificate::{
    Certificate, CertificateMethod, Distance, Verification, certify, distance, is_executable,
};
pub use error::EncodingError;
pub use gram::{GramMatrix, padded_gradients};
pub use kronecker::kronecker_factors;
pub use method::{BlockEncoding, Method};
pub use pauli::{PauliString, pauli_decomposition};
pub use reference::{Columns, SparseColumns};
pub use select::{Candidate, Comparison, Prediction, compare, encode, encode_cheapest, predict, template};
pub use structured::{Boundary, Family, WalshBand};
pub use template::{EncodingOptions, Template};
