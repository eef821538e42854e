//! Q-Newton as a library: re-exports of every crate.
