//! Sums of products of Pauli matrices, and their text.
//!
//! | text | meaning |
//! |---|---|
//! | `0.5*Z0 Z1 - X2` | letters with the numbers of their qubits, in any order; `*` between them is optional |
//! | `0.5*ZZI, XIZ` | one letter for each qubit, the highest on the left, as in bit strings |
//! | `-1.5` | a multiple of the identity |
//!
//! Terms are separated by signs, commas or lines; what follows `#` in a line is a comment. Coefficients are real.

use crate::error::ExecutorError;
use std::iter::Peekable;
use std::str::Chars;

/// A Pauli matrix other than the identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pauli {
    /// [[0, 1], [1, 0]].
    X,
    /// [[0, -i], [i, 0]].
    Y,
    /// diag(1, -1).
    Z,
}

/// A product of Pauli matrices on different qubits, times a number.
#[derive(Clone, Debug, PartialEq)]
pub struct PauliTerm {
    /// The number.
    pub coefficient: f64,
    /// Qubits and their matrices; none for a multiple of the identity.
    pub factors: Vec<(usize, Pauli)>,
}

/// A real combination of products of Pauli matrices.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PauliSum {
    terms: Vec<PauliTerm>,
}

impl PauliSum {
    /// Reads a sum on `qubits` qubits from its text. An error says what is wrong where: a qubit that does not exist or
    /// occurs twice in a product, another number of letters than qubits, anything else.
    pub fn parse(text: &str, qubits: usize) -> Result<Self, ExecutorError> {
        let mut terms = Vec::new();
        for (line, content) in text.lines().enumerate() {
            let content = content.split('#').next().unwrap_or_default();
            let mut reader = Reader { rest: content.chars().peekable(), qubits };
            let read = reader.line(&mut terms);
            read.map_err(|problem| {
                let place =
                    if text.lines().count() > 1 { format!("line {}: ", line + 1) } else { String::new() };
                ExecutorError::Observable { problem: format!("{place}{problem}") }
            })?;
        }
        if terms.is_empty() {
            let problem = "it is empty; a sum like `0.5*Z0 Z1 - X2` is needed".to_string();
            return Err(ExecutorError::Observable { problem });
        }
        Ok(PauliSum { terms })
    }

    /// The products.
    pub fn terms(&self) -> &[PauliTerm] {
        &self.terms
    }
}

impl FromIterator<PauliTerm> for PauliSum {
    fn from_iter<I: IntoIterator<Item = PauliTerm>>(terms: I) -> Self {
        PauliSum { terms: terms.into_iter().collect() }
    }
}

struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
    qubits: usize,
}

impl Reader<'_> {
    fn line(&mut self, terms: &mut Vec<PauliTerm>) -> Result<(), String> {
        loop {
            while self.accept(|next| next == ',' || next == ';').is_some() {}
            let sign = self.accept(|next| next == '+' || next == '-');
            if sign.is_none() && self.peek().is_none() {
                return Ok(());
            }
            let mut term = self.term()?;
            if sign == Some('-') {
                term.coefficient = -term.coefficient;
            }
            terms.push(term);
            if let Some(next) = self.peek().filter(|next| !"+-,;".contains(*next)) {
                return Err(format!("unexpected `{next}`; `+`, `-` or `,` is needed between terms"));
            }
        }
    }

    fn term(&mut self) -> Result<PauliTerm, String> {
        let number = self.number()?;
        let starred = number.is_some() && self.accept(|next| next == '*').is_some();
        let mut factors: Vec<(usize, Pauli)> = Vec::new();
        let mut found = false;
        while let Some(letter) = self.accept(|next| "IXYZ".contains(next)) {
            let letters = self.while_some(letter, |next| "IXYZ".contains(next));
            let digits = self.while_some("", |next| next.is_ascii_digit());
            if digits.is_empty() {
                if found {
                    return Err(format!("`{letters}` needs the number of its qubit, as in `Z0 Z1`"));
                }
                factors = self.dense(&letters)?;
                found = true;
                break;
            }
            found = true;
            let name = format!("{letters}{digits}");
            let Ok(qubit) = digits.parse::<usize>() else {
                return Err(format!("`{name}` has no such qubit"));
            };
            if letters.len() > 1 {
                return Err(format!("`{name}`: a number belongs to one letter, as in `Z0 Z1`"));
            }
            if qubit >= self.qubits {
                return Err(format!("`{name}`: there are {} qubits, numbered from 0", self.qubits));
            }
            if factors.iter().any(|&(other, _)| other == qubit) {
                return Err(format!("`{name}`: a product names a qubit at most once"));
            }
            factors.extend(pauli(letter).map(|pauli| (qubit, pauli)));
            let _ = self.accept(|next| next == '*');
        }
        if !found && (starred || number.is_none()) {
            let next = self.peek().map_or("the end".to_string(), |next| format!("`{next}`"));
            return Err(format!("unexpected {next}; a product like `0.5*Z0 Z1` is needed"));
        }
        Ok(PauliTerm { coefficient: number.unwrap_or(1.0), factors })
    }

    /// One letter for each qubit, the highest first.
    fn dense(&self, letters: &str) -> Result<Vec<(usize, Pauli)>, String> {
        if letters.len() != self.qubits {
            let (given, qubits) = (letters.len(), self.qubits);
            return Err(format!(
                "`{letters}` has {given} letters for {qubits} qubits: one for each, or numbers as in `Z0 Z1`"
            ));
        }
        let placed = letters.chars().rev().enumerate();
        Ok(placed.filter_map(|(qubit, letter)| Some((qubit, pauli(letter)?))).collect())
    }

    fn number(&mut self) -> Result<Option<f64>, String> {
        let Some(first) = self.accept(|next| next.is_ascii_digit() || next == '.') else { return Ok(None) };
        let mut text = self.while_some(first, |next| next.is_ascii_digit() || next == '.');
        if let Some(exponent) = self.rest.next_if(|next| "eE".contains(*next)) {
            text.push(exponent);
            text.extend(self.rest.next_if(|next| "+-".contains(*next)));
            text = self.while_some(&text, |next| next.is_ascii_digit());
        }
        let value = text.parse().ok().filter(|value: &f64| value.is_finite());
        value.map(Some).ok_or_else(|| format!("`{text}` is no number"))
    }

    /// `start` and the characters that follow without a gap.
    fn while_some(&mut self, start: impl ToString, accepted: impl Fn(char) -> bool) -> String {
        let mut text = start.to_string();
        while let Some(next) = self.rest.next_if(|&next| accepted(next)) {
            text.push(next);
        }
        text
    }

    fn accept(&mut self, accepted: impl Fn(char) -> bool) -> Option<char> {
        self.peek().filter(|&next| accepted(next))?;
        self.rest.next()
    }

    fn peek(&mut self) -> Option<char> {
        while self.rest.next_if(|next| next.is_whitespace()).is_some() {}
        self.rest.peek().copied()
    }
}

fn pauli(letter: char) -> Option<Pauli> {
    match letter {
        'X' => Some(Pauli::X),
        'Y' => Some(Pauli::Y),
        'Z' => Some(Pauli::Z),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(text: &str, qubits: usize) -> Vec<(f64, Vec<(usize, Pauli)>)> {
        let sum = PauliSum::parse(text, qubits).unwrap();
        sum.terms.into_iter().map(|term| (term.coefficient, term.factors)).collect()
    }

    #[test]
    fn both_forms_name_the_same_products() {
        use Pauli::{X, Y, Z};
        let expected = vec![(0.5, vec![(1, Z), (2, Z)]), (-1.0, vec![(0, Z), (2, X)]), (2e-3, vec![(0, Y)])];
        for text in [
            "0.5*ZZI - XIZ + 2e-3 IIY",
            "0.5 ZZI, -XIZ,2e-3*IIY",
            " .5*ZZI # half\n\n-1 XIZ\n+ 2E-3 IIY\n",
            "0.5*Z1 Z2 - Z0*X2; 0.002 * Y0",
            "0.5Z1Z2-Z0X2+0.2e-2Y0",
        ] {
            assert_eq!(terms(text, 3), expected, "{text}");
        }
        assert_eq!(terms("-1.5 + I0 + III", 3), [(-1.5, vec![]), (1.0, vec![]), (1.0, vec![])]);
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, said) in [
            ("", "it is empty"),
            ("# nothing\n,", "it is empty"),
            ("ZZ", "`ZZ` has 2 letters for 3 qubits"),
            ("X3", "there are 3 qubits"),
            ("X0 Z0", "at most once"),
            ("ZZ0", "a number belongs to one letter"),
            ("Z0 XXX", "needs the number of its qubit"),
            ("0.5*", "unexpected the end"),
            ("Z0 -", "unexpected the end"),
            ("Z0\n+ Q1", "line 2: unexpected `Q`"),
            ("1.2.3 Z0", "`1.2.3` is no number"),
            ("1e999 Z0", "is no number"),
            ("Z99999999999999999999", "no such qubit"),
            ("ZZZ ZZZ", "unexpected `Z`"),
            ("0.5i*Z0", "unexpected `i`"),
        ] {
            let error = PauliSum::parse(text, 3).unwrap_err().to_string();
            assert!(error.contains(said), "{text:?}: {error}");
        }
    }
}
