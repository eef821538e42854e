//! The reader: its state, and the statements of a program.

use super::error::{column, offset};
use super::scope::{Body, DefinedGate, GateSymbol, Place, Symbol};
use super::{Program, Warning};
use crate::issue::{Issue, Outcome, parse};
use crate::names::{QELIB1, STDGATES};
use crate::syntax::lexical::is_word;
use crate::syntax::{NESTING, blank, string, symbol, terminator, word};
use qnewton_circuit::{Circuit, DefinitionId, Gate};
use std::collections::{HashMap, HashSet};

/// How deep definitions may call definitions.
const CALL_DEPTH: u32 = 256;
/// Operands that broadcasts, slices and bare barriers may expand to in one file.
const EXPANSION: u64 = 1 << 22;

/// The state of reading one file.
pub(super) struct Reader<'a> {
    pub(super) source: &'a str,
    pub(super) version: Option<(u32, u32)>,
    pub(super) circuit: Circuit,
    /// Names of the program.
    pub(super) symbols: HashMap<&'a str, Symbol>,
    /// Names of the standard library in use.
    pub(super) standard: HashMap<&'a str, GateSymbol>,
    pub(super) gates: Vec<DefinedGate<'a>>,
    /// Definitions that consist of one gate of the table.
    pub(super) wrappers: HashMap<Gate, DefinitionId>,
    /// Qubits of the main program so far.
    pub(super) qubit_count: usize,
    /// Bytes of gate bodies that were read again for given angles.
    pub(super) reread: usize,
    warnings: Vec<(&'a str, String)>,
    included: &'static [&'static str],
    names: HashSet<String>,
    suffixes: HashMap<String, u64>,
    expanded: u64,
    nesting: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(source: &'a str) -> Self {
        Reader {
            source,
            version: None,
            circuit: Circuit::new(),
            symbols: HashMap::new(),
            standard: HashMap::new(),
            gates: Vec::new(),
            wrappers: HashMap::new(),
            qubit_count: 0,
            reread: 0,
            warnings: Vec::new(),
            included: &[],
            names: HashSet::new(),
            suffixes: HashMap::new(),
            expanded: 0,
            nesting: 0,
        }
    }

    pub(super) fn read(mut self) -> Outcome<'a, Program> {
        let text = self.source.strip_prefix('\u{feff}').unwrap_or(self.source);
        let (mut rest, ()) = parse(blank, text)?;
        if let Some(after) = statement_word(rest, "OPENQASM") {
            rest = self.version_statement(after)?;
        }
        while let Some(after) = statement_word(rest, "include") {
            rest = self.include(after)?;
        }
        let leading_comments = line_comments(&text[..text.len() - rest.len()]);
        let mut main = Body::new(Place::Main);
        while !rest.is_empty() {
            rest = self.statement(&mut main, rest)?;
        }
        main.definition.name = self.fresh_name("main");
        self.circuit.add(main.definition);
        let warnings = located(self.source, self.warnings);
        Ok(Program { circuit: self.circuit, version: self.version, leading_comments, warnings })
    }

    /// Whether the file says that it is OpenQASM 2.
    pub(super) fn is_version_two(&self) -> bool {
        matches!(self.version, Some((2, _)))
    }

    /// Reads one statement into a body, and the blanks behind it.
    pub(super) fn statement(&mut self, body: &mut Body<'a>, input: &'a str) -> Outcome<'a, &'a str> {
        if let Some(rest) = self.fast_gate_call(body, input) {
            return Ok(rest);
        }
        if input.starts_with('@') || input.starts_with('#') || statement_word(input, "pragma").is_some() {
            return self.ignored_line(input);
        }
        if input.starts_with(';') {
            return Ok(parse(terminator, input)?.0);
        }
        let (after, first) = parse(word, input).map_err(|_| Issue::expected(input, "a statement"))?;
        // What is a keyword in OpenQASM 3 may be a gate of OpenQASM 2.
        if self.is_version_two() && matches!(self.symbols.get(first), Some(Symbol::Gate(_))) {
            return self.gate_call(body, input);
        }
        match first {
            "OPENQASM" => Err(Issue::invalid(first, "the version must be the first statement")),
            "include" => {
                self.in_main(body, first)?;
                self.include(after)
            }
            "qubit" | "qreg" | "bit" | "creg" | "const" | "let" => {
                self.in_main(body, first)?;
                self.declaration(body, first, after)
            }
            "gate" => {
                self.in_main(body, first)?;
                self.user_gate(input, after)
            }
            "opaque" => {
                self.in_main(body, first)?;
                self.opaque_gate(after)
            }
            "measure" => self.measure_arrow(body, input, after),
            "reset" => self.reset(body, after),
            "barrier" => self.barrier(body, after),
            "if" => {
                body.outside_gates(first, "`if`")?;
                self.conditional(body, after)
            }
            "def" | "defcal" | "cal" | "defcalgrammar" | "extern" | "for" | "while" | "switch" | "box"
            | "delay" | "input" | "output" | "return" | "end" | "break" | "continue" | "else" | "nop" => {
                Err(Issue::unsupported(first, format!("`{first}` is not supported")))
            }
            "int" | "uint" | "float" | "angle" | "bool" | "complex" | "array" | "duration" | "stretch"
            | "mutable" | "readonly" => {
                let issue =
                    Issue::unsupported(first, format!("variables of type `{first}` are not supported"));
                Err(issue.accepting("`const` declarations, qubits and bits"))
            }
            _ if after.starts_with('=') || after.starts_with('[') => self.measure_assignment(body, input),
            _ => self.gate_call(body, input),
        }
    }

    /// Statements in braces, or a single one.
    pub(super) fn block(&mut self, body: &mut Body<'a>, input: &'a str) -> Outcome<'a, &'a str> {
        if !input.starts_with('{') {
            return self.nested(input, |reader| reader.statement(body, input));
        }
        self.nested(input, |reader| {
            let mut rest = parse(symbol("{"), input)?.0;
            while !rest.starts_with('}') {
                if rest.is_empty() {
                    return Err(Issue::expected(rest, "`}`"));
                }
                rest = reader.statement(body, rest)?;
            }
            Ok(parse(symbol("}"), rest)?.0)
        })
    }

    fn nested<T>(&mut self, at: &'a str, inner: impl FnOnce(&mut Self) -> Outcome<'a, T>) -> Outcome<'a, T> {
        if self.nesting >= NESTING {
            let at = &at[..at.len().min(1)];
            return Err(Issue::too_large(at, format!("blocks nest deeper than {NESTING} levels")));
        }
        self.nesting += 1;
        let result = inner(self);
        self.nesting -= 1;
        result
    }

    /// The depth of a definition whose callees are at most `below` deep.
    pub(super) fn depth_above(&self, below: u32, at: &'a str) -> Outcome<'a, u32> {
        if below < CALL_DEPTH {
            return Ok(below + 1);
        }
        Err(Issue::too_large(at, format!("gates call gates more than {CALL_DEPTH} levels deep")))
    }

    /// `wanted`, or with the first free numeric suffix.
    pub(super) fn fresh_name(&mut self, wanted: &str) -> String {
        if self.names.insert(wanted.to_string()) {
            return wanted.to_string();
        }
        let mut suffix = self.suffixes.get(wanted).copied().unwrap_or(2);
        let name = loop {
            let name = format!("{wanted}_{suffix}");
            suffix += 1;
            if self.names.insert(name.clone()) {
                break name;
            }
        };
        self.suffixes.insert(wanted.to_string(), suffix);
        name
    }

    /// Accounts for operands that do not stand in the text.
    pub(super) fn expand(&mut self, operands: usize, at: &'a str) -> Outcome<'a, ()> {
        self.expanded += operands as u64;
        if self.expanded <= EXPANSION {
            return Ok(());
        }
        Err(Issue::too_large(at, format!("broadcasts and slices expand to more than {EXPANSION} operands")))
    }

    pub(super) fn warn(&mut self, at: &'a str, message: impl Into<String>) {
        self.warnings.push((at, message.into()));
    }

    /// Whether an included file brings a gate of that name.
    pub(super) fn is_included(&self, name: &str) -> bool {
        self.included.contains(&name)
    }

    fn in_main(&self, body: &Body<'a>, at: &'a str) -> Outcome<'a, ()> {
        match body.place {
            Place::Main => Ok(()),
            _ => Err(Issue::unsupported(at, format!("`{at}` is supported in the main program only"))),
        }
    }

    fn version_statement(&mut self, input: &'a str) -> Outcome<'a, &'a str> {
        let end = input.find(|c: char| !is_word(c) && c != '.').unwrap_or(input.len());
        let (text, rest) = input.split_at(end);
        let (major, minor) = text.split_once('.').unwrap_or((text, "0"));
        self.version = match (major.parse(), minor.parse()) {
            (Ok(2), Ok(0)) => Some((2, 0)),
            (Ok(3), Ok(minor)) => Some((3, minor)),
            (Ok::<u32, _>(_), Ok::<u32, _>(_)) => {
                let issue = Issue::unsupported(text, format!("OpenQASM {text} is not supported"));
                return Err(issue.accepting("2.0 or 3"));
            }
            _ => return Err(Issue::expected(input, "a version such as 3.0")),
        };
        let (rest, ()) = parse(blank, rest)?;
        Ok(parse(terminator, rest)?.0)
    }

    fn include(&mut self, input: &'a str) -> Outcome<'a, &'a str> {
        let (rest, name) = parse(string, input)?;
        match name {
            "stdgates.inc" => self.included = STDGATES,
            "qelib1.inc" => self.included = QELIB1,
            _ => {
                let issue = Issue::unsupported(name, format!("`{name}` cannot be included"));
                return Err(issue.accepting("\"stdgates.inc\" or \"qelib1.inc\""));
            }
        }
        Ok(parse(terminator, rest)?.0)
    }

    /// An annotation or pragma: ignored to the end of its line, with a warning.
    fn ignored_line(&mut self, input: &'a str) -> Outcome<'a, &'a str> {
        let end = input.find(['\n', '\r']).unwrap_or(input.len());
        let line = input[..end].trim_ascii_end();
        let is_pragma = statement_word(line, "pragma").is_some() || line.starts_with("#pragma");
        let kind = match line.as_bytes() {
            [b'@', ..] => "annotation",
            _ if is_pragma => "pragma",
            _ => return Err(Issue::expected(input, "a statement")),
        };
        self.warn(line, format!("the {kind} is ignored"));
        Ok(parse(blank, &input[end..])?.0)
    }
}

/// Warnings with their places; they come in the order of the text, so that one pass over it is enough.
fn located(source: &str, warnings: Vec<(&str, String)>) -> Vec<Warning> {
    let (mut counted, mut lines) = (0, 1);
    let mut result = Vec::with_capacity(warnings.len());
    for (at, message) in warnings {
        let start = offset(source, at).max(counted);
        lines += source.as_bytes()[counted..start].iter().filter(|&&byte| byte == b'\n').count();
        counted = start;
        result.push(Warning {
            message,
            span: start..start + at.len(),
            line: lines,
            column: column(source, start),
        });
    }
    result
}

/// What follows a keyword at the beginning of `input`.
fn statement_word<'a>(input: &'a str, keyword: &str) -> Option<&'a str> {
    let rest = input.strip_prefix(keyword)?;
    if rest.starts_with(is_word) {
        return None;
    }
    blank(rest).ok().map(|(rest, ())| rest)
}

/// The `//` comments of a text that consists of the version, includes and comments.
fn line_comments(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut rest = text;
    while let Some(position) = rest.find(['/', '"', '\'']) {
        rest = &rest[position..];
        let end = if let Some(comment) = rest.strip_prefix("//") {
            let line = &comment[..comment.find(['\n', '\r']).unwrap_or(comment.len())];
            lines.push(line.strip_prefix(' ').unwrap_or(line).to_string());
            2 + line.len()
        } else if let Some(comment) = rest.strip_prefix("/*") {
            comment.find("*/").map_or(rest.len(), |position| position + 4)
        } else {
            // Slashes in the name of an included file begin no comment.
            let quote = &rest[..1];
            rest[1..].find(quote).map_or(rest.len(), |position| position + 2)
        };
        rest = &rest[end..];
    }
    lines
}
