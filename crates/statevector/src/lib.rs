//! State-vector executor for hierarchical circuits.
