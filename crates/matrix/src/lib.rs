//! Linear systems: sparse matrices, readers, conditioning, norms, spectra and classical solvers.
