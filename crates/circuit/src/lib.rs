//! The hierarchical intermediate representation of quantum circuits: composition, exact counts and depth, lowering.
