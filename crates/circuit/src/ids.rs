//! Newtyped indices. Qubits, bits and parameters are local to a definition; definitions and tables are
//! positions in the arenas of a circuit.

macro_rules! index {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            /// The index as a position in a slice.
            pub fn index(self) -> usize {
                self.0 as usize
            }

            /// The index at a position; positions are limited to `u32`.
            pub fn from_index(position: usize) -> Self {
                debug_assert!(position < u32::MAX as usize);
                $name(position as u32)
            }
        }
    };
}

index!(
    /// A qubit of a definition: registers one after another, each little-endian.
    QubitId
);
index!(
    /// A classical bit of a definition.
    BitId
);
index!(
    /// An angle parameter of a definition.
    ParameterId
);
index!(
    /// A definition of a circuit.
    DefinitionId
);
index!(
    /// A table of a circuit.
    TableId
);
