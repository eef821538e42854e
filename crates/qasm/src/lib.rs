//! OpenQASM 2 and 3: writer and reader.
