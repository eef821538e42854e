//! Block encodings of matrices: one module per method, one contract, one selector, the certificate.
//!
//! A [`BlockEncoding`] is a circuit U on a register `system` and ancillas, all starting in |0>, such that
//! <0|U|0> = A / alpha with the ancillas projected on |0>. What is deliberately absent: any knowledge of solvers.

mod certificate;
mod dyadic;
mod error;
mod fable;
mod lcu;
mod method;
mod select;
mod sparse;

pub use certificate::{Certificate, CertificateMethod, Verification, certify, is_executable};
pub use error::EncodingError;
pub use method::{BlockEncoding, Method};
pub use select::{Prediction, encode, predict, select};
