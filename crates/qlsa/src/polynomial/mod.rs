//! Real polynomials on [-1, 1] in the Chebyshev basis, and the ones that quantum linear algebra needs.
//!
//! Every constructor returns a [`ChebyshevSeries`], most with a certificate around it ([`InversePolynomial`],
//! [`Approximation`]). What a circuit can implement is such a series of definite parity with maximum modulus
//! below one: scale with [`InversePolynomial::normalized`] or [`ChebyshevSeries::scaled`] before asking for
//! phase factors. User coefficients enter by [`ChebyshevSeries::new`], [`ChebyshevSeries::from_full`] or
//! [`ChebyshevSeries::from_monomials`].

mod amplifying;
mod approximation;
mod error_function;
mod exponential;
mod extremum;
mod filter;
mod gaussian;
mod gram;
pub(crate) mod grid;
mod interval;
mod inverse;
mod monomials;
mod positive;
mod series;
mod sine_inverse;
mod step;

pub use amplifying::{AmplifyingPolynomial, amplifying};
pub use approximation::Approximation;
pub use exponential::{cosine, sine};
pub use extremum::MaxNorm;
pub use filter::{eigenstate_filter, kernel_reflection};
pub use gaussian::gaussian;
pub use gram::{GramInverse, gram_inverse, gram_inverse_degree};
pub use inverse::{
    InverseForm, InversePolynomial, inverse_absolute, inverse_cks, inverse_relative, inverse_with_outliers,
    relative_degree,
};
pub use positive::{BOUNDED_GROWTH, PositiveInverse, PositiveRange, inverse_positive};
pub use series::{ChebyshevSeries, Parity, PolynomialError};
pub use sine_inverse::{SineInverse, sine_inverse, sine_inverse_order};
pub use step::{rectangle, sign};
