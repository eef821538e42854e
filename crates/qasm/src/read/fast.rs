//! The statements of which large files consist, read without intermediate results: a gate without modifiers,
//! with literal angles, on single qubits. Whatever looks otherwise is left to the grammar, errors included.

use super::reader::Reader;
use super::scope::{Body, GateSymbol, Symbol};
use crate::syntax::blank;
use qnewton_circuit::QubitId;

impl<'a> Reader<'a> {
    /// Reads a plain gate call and what follows it up to the next statement; `None` if it is not one.
    pub(super) fn fast_gate_call(&mut self, body: &mut Body, input: &'a str) -> Option<&'a str> {
        let mut scanner = Scanner { text: input, position: 0 };
        let name = scanner.word()?;
        let Some(&Symbol::Gate(GateSymbol::Table(gate))) = self.names.get(name) else { return None };
        if self.formals.as_ref().is_some_and(|formals| formals.standard) {
            return None;
        }
        let mut angles = [0.0; 3];
        let angles = angles.get_mut(..gate.angles())?;
        for (position, angle) in angles.iter_mut().enumerate() {
            scanner.byte(if position == 0 { b'(' } else { b',' })?;
            *angle = scanner.literal()?;
        }
        if !angles.is_empty() {
            scanner.byte(b')')?;
        }
        let mut qubits = [QubitId(0); 3];
        let qubits = qubits.get_mut(..gate.qubits())?;
        for position in 0..qubits.len() {
            if position > 0 {
                scanner.byte(b',')?;
            }
            let name = scanner.word()?;
            qubits[position] = match &self.formals {
                Some(formals) => *formals.qubits.get(name)?,
                None => {
                    let Some(Symbol::Qubits(register)) = self.names.get(name) else { return None };
                    scanner.byte(b'[')?;
                    let index = scanner.index()?;
                    scanner.byte(b']')?;
                    if index >= register.len || !register.indexed {
                        return None;
                    }
                    QubitId(register.start + index)
                }
            };
            if qubits[..position].contains(&qubits[position]) {
                return None;
            }
        }
        scanner.byte(b';')?;
        let (rest, ()) = blank(&input[scanner.position..]).ok()?;
        for qubit in qubits.iter_mut() {
            *qubit = body.qubit(*qubit);
        }
        body.definition.gate(gate, qubits, angles);
        Some(rest)
    }
}

/// A position in the text, and parsers of single tokens that skip spaces before them.
struct Scanner<'a> {
    text: &'a str,
    position: usize,
}

impl<'a> Scanner<'a> {
    fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while matches!(bytes.get(self.position), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.position += 1;
        }
        bytes.get(self.position).copied()
    }

    fn byte(&mut self, wanted: u8) -> Option<()> {
        let found = self.peek()? == wanted;
        self.position += usize::from(found);
        found.then_some(())
    }

    /// An ASCII word.
    fn word(&mut self) -> Option<&'a str> {
        self.peek()?;
        let rest = &self.text.as_bytes()[self.position..];
        let len = rest.iter().position(|byte| !(byte.is_ascii_alphanumeric() || *byte == b'_'))?;
        if len == 0 || rest[0].is_ascii_digit() || !rest[len].is_ascii() {
            return None;
        }
        let word = &self.text[self.position..self.position + len];
        self.position += len;
        Some(word)
    }

    /// A decimal index of at most nine digits.
    fn index(&mut self) -> Option<u32> {
        self.peek()?;
        let rest = &self.text.as_bytes()[self.position..];
        let len = rest.iter().position(|byte| !byte.is_ascii_digit())?;
        if !(1..=9).contains(&len) {
            return None;
        }
        self.position += len;
        Some(rest[..len].iter().fold(0, |value, digit| value * 10 + u32::from(digit - b'0')))
    }

    /// A decimal number with an optional minus, followed by `,` or `)`.
    fn literal(&mut self) -> Option<f64> {
        let negative = self.peek()? == b'-';
        self.position += usize::from(negative);
        let rest = &self.text.as_bytes()[self.position..];
        if !matches!(rest.first(), Some(b'0'..=b'9' | b'.')) {
            return None;
        }
        let in_literal = |byte: &u8| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-');
        let len = rest.iter().position(|byte| !in_literal(byte))?;
        let value: f64 = self.text[self.position..self.position + len].parse().ok()?;
        self.position += len;
        if !matches!(self.peek()?, b',' | b')') || !value.is_finite() {
            return None;
        }
        Some(if negative { -value } else { value })
    }
}
