//! The reader: its state, and the statements of a program.

use super::error::{column, offset};
use super::flow::{Flow, LoopFrame};
use super::functions::Frame;
use super::names::Names;
use super::scope::{Body, DefinedGate, Formals, GateSymbol, Symbol};
use super::value::Value;
use super::{Program, ReadOptions, Warning};
use crate::issue::{Issue, Outcome, parse};
use crate::names::{QELIB1, STDGATES};
use crate::syntax::lexical::is_word;
use crate::syntax::{NESTING, blank, skip_statement, string, symbol, terminator, word};
use qnewton_circuit::{BitId, Circuit, DefinitionId, Gate, TableId};
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
    pub(super) options: &'a ReadOptions,
    /// Names of the program.
    pub(super) names: Names<'a>,
    /// Names of the gate that is being read.
    pub(super) formals: Option<Formals<'a>>,
    /// The loops that are being read, outermost first.
    pub(super) loops: Vec<LoopFrame>,
    /// The subroutine that is being read.
    pub(super) frame: Option<Frame<'a>>,
    /// Where the next subroutine's measured bits go.
    pub(super) return_target: Option<Vec<BitId>>,
    /// Whether statements follow one another.
    pub(super) flow: Flow,
    /// What a `return` has left.
    pub(super) returned: Option<Value>,
    /// The scope in which the innermost body that depends on measured bits begins.
    pub(super) conditional: Option<usize>,
    /// Whether a variable was read.
    pub(super) varies: bool,
    /// Registers of bits, in order.
    pub(super) bit_registers: Vec<(String, usize)>,
    pub(super) bit_count: usize,
    pub(super) bit_names: HashSet<String>,
    /// Bits that bodies declare for themselves: first bit, by place in the text and depth of calls.
    pub(super) local_bits: HashMap<(usize, usize), u32>,
    pub(super) call_depth: usize,
    /// Statements and repetitions beyond those of the text.
    pub(super) steps: u64,
    /// Definitions of bodies, by their place in the text.
    pub(super) bodies: HashMap<usize, Vec<DefinitionId>>,
    /// The last table of each loop, by its place in the text.
    pub(super) tables: HashMap<usize, TableId>,
    /// Names of subroutines, by whether they were called.
    pub(super) functions: Vec<(&'a str, bool)>,
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
    includes: Vec<String>,
    warned: HashSet<usize>,
    definition_names: HashSet<String>,
    suffixes: HashMap<String, u64>,
    expanded: u64,
    nesting: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(source: &'a str, options: &'a ReadOptions) -> Self {
        Reader {
            source,
            version: None,
            circuit: Circuit::new(),
            options,
            names: Names::default(),
            formals: None,
            loops: Vec::new(),
            frame: None,
            return_target: None,
            flow: Flow::Next,
            returned: None,
            conditional: None,
            varies: false,
            bit_registers: Vec::new(),
            bit_count: 0,
            bit_names: HashSet::new(),
            local_bits: HashMap::new(),
            call_depth: 0,
            steps: 0,
            bodies: HashMap::new(),
            tables: HashMap::new(),
            functions: Vec::new(),
            includes: Vec::new(),
            warned: HashSet::new(),
            standard: HashMap::new(),
            gates: Vec::new(),
            wrappers: HashMap::new(),
            qubit_count: 0,
            reread: 0,
            warnings: Vec::new(),
            included: &[],
            definition_names: HashSet::new(),
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
        let mut main = Body::top();
        while !rest.is_empty() && self.flow == Flow::Next {
            rest = self.statement(&mut main, rest)?;
        }
        if self.flow == Flow::End && !rest.is_empty() {
            self.warn(first_character(rest), "statements after `end` are not read");
        }
        for (name, len) in std::mem::take(&mut self.bit_registers) {
            main.definition.add_bits(name, len);
        }
        for (name, called) in std::mem::take(&mut self.functions) {
            if !called {
                self.warn(name, format!("`{name}` is never called: its body is not read"));
            }
        }
        main.definition.name = self.fresh_name("main");
        self.circuit.add(main.definition);
        let warnings = located(self.source, self.warnings);
        let (circuit, version, includes) = (self.circuit, self.version, self.includes);
        Ok(Program { circuit, version, includes, leading_comments, warnings })
    }

    /// Whether the file says that it is OpenQASM 2.
    pub(super) fn is_version_two(&self) -> bool {
        matches!(self.version, Some((2, _)))
    }

    /// Reads one statement into a body, and the blanks behind it.
    pub(super) fn statement(&mut self, body: &mut Body, input: &'a str) -> Outcome<'a, &'a str> {
        if let Some(rest) = self.fast_gate_call(body, input) {
            return Ok(rest);
        }
        if input.starts_with('@') || input.starts_with('#') || statement_word(input, "pragma").is_some() {
            return self.ignored_line(input);
        }
        if input.starts_with(';') {
            return Ok(parse(terminator, input)?.0);
        }
        if input.starts_with('{') {
            return self.block(body, input);
        }
        let (after, first) = parse(word, input).map_err(|_| Issue::expected(input, "a statement"))?;
        // What is a keyword in OpenQASM 3 may be a gate of OpenQASM 2.
        if self.is_version_two() && matches!(self.names.get(first), Some(Symbol::Gate(_))) {
            return self.gate_call(body, input);
        }
        let at = first;
        match first {
            "OPENQASM" => Err(Issue::invalid(first, "the version must be the first statement")),
            "include" => {
                self.global(first)?;
                self.include(after)
            }
            "qubit" | "qreg" => {
                self.global(first)?;
                self.declaration(body, first, input, after)
            }
            "bit" | "creg" | "let" => self.declaration(body, first, input, after),
            "const" => self.classical_declaration(body, first, after),
            "int" | "uint" | "float" | "angle" | "bool" | "array" => {
                self.classical_declaration(body, first, input)
            }
            "input" => {
                self.global(first)?;
                self.input(body, after)
            }
            "output" => {
                self.global(first)?;
                if parse(word, after)?.1 != "bit" {
                    self.warn(first, "the output of a value that is known is ignored");
                }
                self.statement(body, after)
            }
            "gate" => {
                self.global(first)?;
                self.user_gate(input, after)
            }
            "opaque" => {
                self.global(first)?;
                self.opaque_gate(after)
            }
            "def" => {
                self.global(first)?;
                self.subroutine(after)
            }
            "measure" => self.measure_arrow(body, input, after),
            "reset" => self.reset(body, after),
            "barrier" => self.barrier(body, after),
            "nop" => self.nop(body, after),
            "if" => self.conditional(body, after),
            "for" => self.for_loop(body, at, after),
            "while" => self.while_loop(body, at, after),
            "switch" => self.switch(body, after),
            "break" | "continue" | "end" | "return" => self.leave(body, at, after),
            "box" => {
                if after.starts_with('[') {
                    return Err(Issue::unsupported(first, "a `box` with a duration is not supported"));
                }
                self.warn(first, "`box` is read as a block");
                self.block(body, after)
            }
            "defcal" | "cal" | "defcalgrammar" | "extern" | "delay" => {
                Err(Issue::unsupported(first, format!("`{first}` is not supported")))
            }
            "else" | "case" | "default" => Err(Issue::expected(input, "a statement")),
            "complex" | "duration" | "stretch" | "mutable" | "readonly" => {
                let issue =
                    Issue::unsupported(first, format!("variables of type `{first}` are not supported"));
                Err(issue.accepting("bit, bool, int, uint, float or angle"))
            }
            _ => match self.names.get(first) {
                Some(Symbol::Variable(_) | Symbol::Constant(_))
                    if self.formals.is_none() && !starts_call(after) =>
                {
                    self.assignment(body, first, after)
                }
                Some(Symbol::Function(_)) => self.function_statement(body, input),
                _ if after.starts_with('=') || after.starts_with('[') => self.measure_assignment(body, input),
                _ => self.gate_call(body, input),
            },
        }
    }

    /// Statements in braces, or a single one, in a scope of their own; what is not reached is left out.
    pub(super) fn block(&mut self, body: &mut Body, input: &'a str) -> Outcome<'a, &'a str> {
        self.names.open();
        let rest = self.nested(1, input, |reader| {
            if !input.starts_with('{') {
                return reader.statement(body, input);
            }
            let mut rest = parse(symbol("{"), input)?.0;
            while !rest.starts_with('}') {
                if rest.is_empty() {
                    return Err(Issue::expected(rest, "`}`"));
                }
                if reader.flow != Flow::Next {
                    rest = skip_statement(rest)?;
                    continue;
                }
                reader.step(rest)?;
                rest = reader.statement(body, rest)?;
            }
            Ok(parse(symbol("}"), rest)?.0)
        });
        self.names.close();
        rest
    }

    /// Counts a statement that is read again.
    pub(super) fn step(&mut self, at: &'a str) -> Outcome<'a, ()> {
        if self.loops.is_empty() && self.frame.is_none() {
            return Ok(());
        }
        self.charge(1, at)
    }

    /// Counts `steps` towards the limit.
    pub(super) fn charge(&mut self, steps: u64, at: &'a str) -> Outcome<'a, ()> {
        self.steps = self.steps.saturating_add(steps);
        if self.steps <= self.options.maximum_statements {
            return Ok(());
        }
        let limit = self.options.maximum_statements;
        let message =
            format!("loops and subroutines that differ each time are read as more than {limit} statements");
        Err(Issue::too_large(first_character(at), message))
    }

    /// Goes deeper by `levels`.
    pub(super) fn nested<T>(
        &mut self,
        levels: usize,
        at: &'a str,
        inner: impl FnOnce(&mut Self) -> Outcome<'a, T>,
    ) -> Outcome<'a, T> {
        if self.nesting + levels > NESTING {
            let message = format!("blocks nest deeper than {NESTING} levels");
            return Err(Issue::too_large(first_character(at), message));
        }
        self.nesting += levels;
        let result = inner(self);
        self.nesting -= levels;
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
        if self.definition_names.insert(wanted.to_string()) {
            return wanted.to_string();
        }
        let mut suffix = self.suffixes.get(wanted).copied().unwrap_or(2);
        let name = loop {
            let name = format!("{wanted}_{suffix}");
            suffix += 1;
            if self.definition_names.insert(name.clone()) {
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

    /// Notes a warning, once for each place.
    pub(super) fn warn(&mut self, at: &'a str, message: impl Into<String>) {
        if self.warned.insert(at.as_ptr() as usize) {
            self.warnings.push((at, message.into()));
        }
    }

    /// Whether an included file brings a gate of that name.
    pub(super) fn is_included(&self, name: &str) -> bool {
        self.included.contains(&name)
    }

    fn global(&self, at: &'a str) -> Outcome<'a, ()> {
        if self.names.depth() == 0 && self.formals.is_none() {
            return Ok(());
        }
        Err(Issue::unsupported(at, format!("`{at}` is supported in the main program only")))
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
        self.includes.push(name.to_string());
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

/// Whether what follows a name makes it a gate call.
fn starts_call(after: &str) -> bool {
    after.starts_with(|c: char| is_word(c) || c == '(' || c == '$')
}

/// The first character, to point at.
pub(super) fn first_character(text: &str) -> &str {
    &text[..text.chars().next().map_or(0, char::len_utf8)]
}

/// Warnings with their places, in the order of the text, so that one pass over it is enough.
fn located(source: &str, mut warnings: Vec<(&str, String)>) -> Vec<Warning> {
    warnings.sort_by_key(|(at, _)| offset(source, at));
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
