//! A fingerprint of what a circuit says, whatever the layout and the comments of its file.

use qnewton_circuit::Circuit;
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// SHA-256 of the textual form of a circuit, in hexadecimal. Changes with any gate, operand or digit of an angle.
pub fn fingerprint(circuit: &Circuit) -> String {
    struct Hasher(Sha256);
    impl Write for Hasher {
        fn write_str(&mut self, text: &str) -> std::fmt::Result {
            self.0.update(text.as_bytes());
            Ok(())
        }
    }
    let mut hasher = Hasher(Sha256::new());
    // Writing to a hasher cannot fail.
    let _ = write!(hasher, "{circuit}");
    hasher.0.finalize().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
