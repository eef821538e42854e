//! The direction of the solution by one reflection about a kernel: Dalzell, arXiv 2406.12086.
//!
//! Everything is in units where A / alpha =: M has singular values in \[sigma, 1\] and ||b|| = 1; y = M^-1 b is alpha
//! times the solution for a unit right-hand side, 1 <= ||y|| <= 1/sigma. On one more qubit, `level`, take M_t = M (+) 1/t
//! and b' = (b, b)/sqrt(2). The kernel of G_t = (1 - |b'><b'|) M_t is spanned by M_t^-1 b' ~ (y, t b), and all other
//! singular values are at least min(sigma, 1/t). The paper puts a fixed vector where the second b stands; b itself makes
//! b' a preparation without controls.
//!
//! The reflection about the kernel takes (0, b) to sin(2 theta) (y/||y||, 0) + cos(2 theta) (0, -b), tan(theta) =
//! ||y||/t: for t = ||y|| to the solution itself. A polynomial [`crate::polynomial::kernel_reflection`] of even degree
//! d makes the reflection with d queries.

mod circuit;
pub(crate) mod error;
pub(crate) mod kernel;
mod plan;
mod search;

pub use circuit::{shortcut_circuit, shortcut_symbolic};
pub use error::StateSolverError;
pub use plan::ShortcutPlan;
pub use search::{dalzell_query_bound, expected_search_queries, log_norm_search_query_bound, norm_search};
