//! OpenQASM 2 through the crate `qasm`, as a second opinion on files of moderate size.
//!
//! Its parser is not used as it is: angles would lose half their digits, long lists overflow the stack, and input that
//! ends early panics. So every angle is replaced by a name before it parses and put back afterwards, its tree is written out
//! as OpenQASM again for [`crate::read()`], and it works in a thread of its own with a large stack, whose panics are caught.

use crate::read::{Program, ReadError, read};
use qasm::{Argument, AstNode};
use std::fmt::Write;
use thiserror::Error;

/// Longer texts are refused: the parser takes quadratic time.
pub const SECOND_PARSER_LIMIT: usize = 1 << 16;
/// Enough for the recursion that a text of that length can cause.
const STACK: usize = 1 << 28;

/// Why the crate `qasm` gave no circuit.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum SecondParserError {
    /// Too long.
    #[error("the text has {bytes} bytes; the crate `qasm` is given at most {SECOND_PARSER_LIMIT}")]
    TooLong {
        /// Length of the text.
        bytes: usize,
    },
    /// A file is included that is not `qelib1.inc`.
    #[error("`{0}` is included; only qelib1.inc can be")]
    Include(String),
    /// It refused the text, with its reason.
    #[error("the crate `qasm` refuses the text: {0}")]
    Refused(String),
    /// It panicked.
    #[error("the crate `qasm` panics on the text")]
    Panicked,
    /// What it parsed has no meaning; the place is one of the rewritten text.
    #[error("what the crate `qasm` parsed has no meaning: {0}")]
    Meaning(#[from] ReadError),
}

/// Reads OpenQASM 2.0 with the parser of the crate `qasm`; names, indices and expressions get their meaning from
/// [`crate::read()`].
///
/// # Errors
///
/// Whatever that parser refuses or panics on (a panic writes its message to standard error), among it all of OpenQASM 3,
/// barriers over lists, powers in expressions outside of gate arguments, and texts above [`SECOND_PARSER_LIMIT`].
pub fn read_with_crate_qasm(source: &str) -> Result<Program, SecondParserError> {
    if source.len() > SECOND_PARSER_LIMIT {
        return Err(SecondParserError::TooLong { bytes: source.len() });
    }
    let uncommented: Vec<&str> =
        source.lines().map(|line| line.split("//").next().unwrap_or_default()).collect();
    let uncommented = uncommented.join("\n");
    let named = NamedAngles::new(&uncommented)?;
    let rewritten = std::thread::scope(|scope| {
        std::thread::Builder::new()
            .name("crate qasm".to_string())
            .stack_size(STACK)
            .spawn_scoped(scope, || named.parsed())
            .map_err(|error| SecondParserError::Refused(error.to_string()))?
            .join()
            .map_err(|_| SecondParserError::Panicked)?
    })?;
    Ok(read(&rewritten)?)
}

/// A text without comments whose includes are gone, and whose angles are names.
struct NamedAngles<'a> {
    text: String,
    prefix: String,
    angles: Vec<&'a str>,
    library: bool,
}

impl<'a> NamedAngles<'a> {
    fn new(source: &'a str) -> Result<Self, SecondParserError> {
        let mut prefix = "angle_".to_string();
        while source.contains(&prefix) {
            prefix.push('_');
        }
        let mut named = NamedAngles { text: String::new(), prefix, angles: Vec::new(), library: false };
        let mut rest = source;
        while let Some(position) = rest.find(|character: char| !character.is_whitespace()) {
            rest = named.statement(&rest[position..])?;
            named.text.push('\n');
        }
        Ok(named)
    }

    /// Takes over a statement, or what stands before the statements in a block; the rest.
    fn statement(&mut self, text: &'a str) -> Result<&'a str, SecondParserError> {
        let length = text.find(|character: char| !is_word(character)).unwrap_or(text.len());
        let (word, behind) = text.split_at(length);
        match word {
            "" => Ok(self.copied(text, text.chars().next().map_or(0, char::len_utf8))),
            "include" => {
                let (file, rest) = behind.split_once(';').unwrap_or((behind, ""));
                match file.trim().trim_matches('"') {
                    "qelib1.inc" => self.library = true,
                    other => return Err(SecondParserError::Include(other.to_string())),
                }
                Ok(rest)
            }
            "gate" => Ok(self.copied(text, end(text, '{'))),
            "if" => Ok(self.copied(text, end(text, ')'))),
            "OPENQASM" | "opaque" | "qreg" | "creg" | "barrier" | "reset" | "measure" => {
                Ok(self.copied(text, end(text, ';')))
            }
            _ => {
                self.text.push_str(word);
                let arguments = behind.trim_start();
                let rest = match arguments.strip_prefix('(') {
                    Some(arguments) => self.arguments(arguments),
                    None => behind,
                };
                Ok(self.copied(rest, end(rest, ';')))
            }
        }
    }

    /// Replaces a list of angles, behind its bracket; what stands behind the closing one.
    fn arguments(&mut self, text: &'a str) -> &'a str {
        let (mut depth, mut start) = (0usize, 0);
        let mut names = Vec::new();
        for (position, character) in text.char_indices() {
            match character {
                '(' => depth += 1,
                ',' | ')' if depth == 0 => {
                    let angle = text[start..position].trim();
                    if !angle.is_empty() {
                        names.push(format!("{}{}", self.prefix, self.angles.len()));
                        self.angles.push(angle);
                    }
                    start = position + 1;
                    if character == ')' {
                        let _ = write!(self.text, "({})", names.join(","));
                        return &text[start..];
                    }
                }
                ')' => depth -= 1,
                _ => {}
            }
        }
        // Without the closing bracket the parser will refuse it.
        self.text.push('(');
        text
    }

    fn copied(&mut self, text: &'a str, length: usize) -> &'a str {
        let (taken, rest) = text.split_at(length);
        self.text.push_str(taken);
        rest
    }

    /// OpenQASM from the tree of the crate.
    fn parsed(&self) -> Result<String, SecondParserError> {
        let mut tokens = qasm::lex(&self.text);
        if tokens.is_empty() {
            return Err(SecondParserError::Refused("the text has no statements".to_string()));
        }
        let tree =
            qasm::parse(&mut tokens).map_err(|error| SecondParserError::Refused(format!("{error:?}")))?;
        let mut text = "OPENQASM 2.0;\n".to_string();
        if self.library {
            text.push_str("include \"qelib1.inc\";\n");
        }
        tree.iter().for_each(|node| self.write(&mut text, node));
        Ok(text)
    }

    fn write(&self, text: &mut String, node: &AstNode) {
        let one = |argument: &Argument| match argument {
            Argument::Qubit(register, index) => format!("{register}[{index}]"),
            Argument::Register(name) => name.clone(),
        };
        let list = |arguments: &[Argument]| arguments.iter().map(one).collect::<Vec<_>>().join(",");
        let line = match node {
            AstNode::QReg(name, length) => format!("qreg {name}[{length}];"),
            AstNode::CReg(name, length) => format!("creg {name}[{length}];"),
            AstNode::Barrier(argument) => format!("barrier {};", one(argument)),
            AstNode::Reset(argument) => format!("reset {};", one(argument)),
            AstNode::Measure(from, to) => format!("measure {} -> {};", one(from), one(to)),
            AstNode::ApplyGate(name, qubits, angles) => {
                let angles: Vec<&str> = angles.iter().map(|angle| self.angle(angle.trim())).collect();
                format!("{name}{} {};", bracketed(&angles), list(qubits))
            }
            AstNode::Opaque(name, qubits, parameters) => {
                format!("opaque {name}{} {};", bracketed(parameters), list(qubits))
            }
            AstNode::Gate(name, qubits, parameters, body) => {
                let _ = writeln!(text, "gate {name}{} {} {{", bracketed(parameters), qubits.join(","));
                body.iter().for_each(|node| self.write(text, node));
                "}".to_string()
            }
            AstNode::If(register, value, node) => {
                let _ = write!(text, "if({register}=={value}) ");
                return self.write(text, node);
            }
        };
        text.push_str(&line);
        text.push('\n');
    }

    /// The angle of that name; the name itself if it is none of ours.
    fn angle<'b>(&'b self, name: &'b str) -> &'b str {
        let number = name.strip_prefix(self.prefix.as_str()).and_then(|number| number.parse::<usize>().ok());
        number.and_then(|number| self.angles.get(number).copied()).unwrap_or(name)
    }
}

/// A list in brackets; nothing if it is empty.
fn bracketed<S: AsRef<str>>(list: &[S]) -> String {
    let list: Vec<&str> = list.iter().map(AsRef::as_ref).collect();
    if list.is_empty() { String::new() } else { format!("({})", list.join(",")) }
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// Up to and with the first `last`; the whole text where there is none.
fn end(text: &str, last: char) -> usize {
    text.find(last).map_or(text.len(), |position| position + last.len_utf8())
}
