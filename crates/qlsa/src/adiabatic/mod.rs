//! The direction of the solution by a discrete adiabatic walk and an eigenstate filter: Costa, An, Sanders, Su, Babbush,
//! Berry, arXiv 2111.08152.
//!
//! In units where M = A / alpha has singular values in \[sigma, 1\] and ||b|| = 1, follow the kernel of G(f) = (1 -
//! |b><b|) M(f), which M(f)^-1 b spans, from f = 0 to 1. For a positive definite matrix M(f) = (1 - f) + f M. For any
//! other, M(f) = [[1 - f, f M], [f M^T, f - 1]] on one more qubit, `half`, with (b, 0) for b: it has no singular value
//! below sqrt((1 - f)^2 + (f sigma)^2), and the kernel ends at (0, M^-1 b).
//!
//! The paper walks with H = [[0, G^T], [G, 0]]; half of its steps are G and the other half G^T, in turns, so one step
//! here is two of the paper's: reflect about the image of U(f) on the range of 1 - |b><b|, then about the ancillas'
//! |0>, with no qubit for the two blocks of H and none for the projector. The step has the kernel as eigenspace of -1,
//! the rest at 2 arcsin(x) from it on the circle for a singular value x. Both sides of the block encoding of M(f) are
//! rotated by the same angle, so that M(f) is encoded with subnormalization 1 for all f.
//!
//! How far the walk ends from the kernel decides the success probability only: the filter, an even polynomial of G(1)
//! with queries of A itself, removes what is left of the other singular vectors.

mod circuit;
mod plan;

pub use circuit::{adiabatic_circuit, adiabatic_symbolic};
pub use plan::{AdiabaticPlan, Path, published_walk_steps};
