//! What names mean, and the bodies that are being read.

use crate::issue::{Issue, Outcome};
use qnewton_circuit::{Angle, BitId, Definition, DefinitionId, Gate, QubitId};
use std::collections::HashMap;
use std::rc::Rc;

/// The value of an expression.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Integer(i64),
    Real(f64),
    /// Affine in the parameters of the gate that is being read.
    Affine(Angle),
    /// Depends on parameters in another way.
    NotAffine,
}

/// What a global name means.
#[derive(Clone, Debug)]
pub(crate) enum Symbol {
    Qubits(RegisterSymbol),
    Bits(RegisterSymbol),
    Alias(Rc<[QubitId]>),
    Constant(Value),
    Gate(GateSymbol),
}

impl Symbol {
    /// The kind of thing, with its article.
    pub(crate) fn describe(&self) -> &'static str {
        match self {
            Symbol::Qubits(_) => "a qubit register",
            Symbol::Bits(_) => "a bit register",
            Symbol::Alias(_) => "an alias of qubits",
            Symbol::Constant(_) => "a constant",
            Symbol::Gate(_) => "a gate",
        }
    }
}

/// A register of the main program.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RegisterSymbol {
    pub(crate) start: u32,
    pub(crate) len: u32,
    /// Whether it was declared with a size, so that it can be indexed.
    pub(crate) indexed: bool,
}

/// What the name of a gate means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GateSymbol {
    /// A gate of the gate table.
    Table(Gate),
    /// A gate with a definition: its position among them.
    Defined(usize),
}

/// A gate with a definition.
#[derive(Clone, Debug)]
pub(crate) struct DefinedGate<'a> {
    pub(crate) name: &'a str,
    pub(crate) parameters: usize,
    pub(crate) qubits: usize,
    /// How deep it calls other definitions.
    pub(crate) depth: u32,
    pub(crate) form: Form<'a>,
}

/// How a gate is kept.
#[derive(Clone, Debug)]
pub(crate) enum Form<'a> {
    /// One definition for all angles.
    Definition(DefinitionId),
    /// Angles are not affine in the parameters: read again for each list of argument values.
    Generic {
        header: GateHeader<'a>,
        body: &'a str,
        standard: bool,
        instances: HashMap<Vec<u64>, DefinitionId>,
    },
    /// Declared without a body.
    Opaque,
}

/// `name(parameters) qubits` of a gate definition.
#[derive(Clone, Debug)]
pub(crate) struct GateHeader<'a> {
    pub(crate) name: &'a str,
    pub(crate) parameters: Vec<&'a str>,
    pub(crate) qubits: Vec<&'a str>,
}

/// A body that is being read.
pub(crate) struct Body<'a> {
    pub(crate) definition: Definition,
    pub(crate) place: Place<'a>,
    /// The deepest definition called so far.
    pub(crate) depth: u32,
    /// Whether an angle was found that is not affine in the parameters.
    pub(crate) generic: bool,
}

/// Where a body stands, which decides what names mean in it.
pub(crate) enum Place<'a> {
    /// The main program.
    Main,
    /// A gate.
    Gate {
        qubits: HashMap<&'a str, QubitId>,
        parameters: HashMap<&'a str, Value>,
        /// Whether names of gates are those of the standard library, whatever the program defines.
        standard: bool,
    },
    /// The body of an `if`: qubits and bits of the main program, numbered by first use.
    Branch(Branch),
}

/// Numbering of what the body of an `if` uses.
#[derive(Default)]
pub(crate) struct Branch {
    pub(crate) qubits: Vec<QubitId>,
    qubit_numbers: HashMap<QubitId, QubitId>,
    pub(crate) bits: Vec<BitId>,
    bit_numbers: HashMap<BitId, BitId>,
    /// Bits that are written, as the main program numbers them.
    pub(crate) written: Vec<BitId>,
}

impl<'a> Body<'a> {
    pub(crate) fn new(place: Place<'a>) -> Self {
        Body { definition: Definition::new(""), place, depth: 0, generic: false }
    }

    /// The qubit of this body that stands for a qubit that names resolve to.
    pub(crate) fn qubit(&mut self, qubit: QubitId) -> QubitId {
        match &mut self.place {
            Place::Main | Place::Gate { .. } => qubit,
            Place::Branch(branch) => *branch.qubit_numbers.entry(qubit).or_insert_with(|| {
                branch.qubits.push(qubit);
                QubitId::from_index(branch.qubits.len() - 1)
            }),
        }
    }

    /// The bit of this body that stands for a bit of the main program.
    pub(crate) fn bit(&mut self, bit: BitId) -> BitId {
        match &mut self.place {
            Place::Main | Place::Gate { .. } => bit,
            Place::Branch(branch) => *branch.bit_numbers.entry(bit).or_insert_with(|| {
                branch.bits.push(bit);
                BitId::from_index(branch.bits.len() - 1)
            }),
        }
    }

    /// Refuses what may not stand in a gate.
    pub(crate) fn outside_gates(&self, at: &'a str, what: &'static str) -> Outcome<'a, ()> {
        match self.place {
            Place::Gate { .. } => Err(Issue::invalid(at, format!("{what} cannot stand in a gate"))),
            _ => Ok(()),
        }
    }
}
