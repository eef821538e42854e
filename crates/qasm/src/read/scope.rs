//! What names mean, and the bodies that are being read.

use super::value::{Type, Value};
use crate::syntax::{Expression, TypeName};
use qnewton_circuit::{Angle, BitId, Definition, DefinitionId, Gate, QubitId};
use std::collections::HashMap;
use std::hash::Hash;
use std::rc::Rc;

/// What a name means.
#[derive(Clone, Debug)]
pub(crate) enum Symbol<'a> {
    Qubits(RegisterSymbol),
    Bits(RegisterSymbol),
    /// One qubit that a subroutine is given.
    Qubit(QubitId),
    Alias(Rc<[QubitId]>),
    BitAlias(Rc<[BitId]>),
    Constant(Value),
    Variable(Variable),
    Gate(GateSymbol),
    Function(Rc<Function<'a>>),
}

impl Symbol<'_> {
    /// The kind of thing, with its article.
    pub(crate) fn describe(&self) -> &'static str {
        match self {
            Symbol::Qubits(_) => "a qubit register",
            Symbol::Bits(_) => "a bit register",
            Symbol::Qubit(_) => "a qubit",
            Symbol::Alias(_) => "an alias of qubits",
            Symbol::BitAlias(_) => "an alias of bits",
            Symbol::Constant(_) => "a constant",
            Symbol::Variable(_) => "a variable",
            Symbol::Gate(_) => "a gate",
            Symbol::Function(_) => "a subroutine",
        }
    }
}

/// A classical variable, whose value is known while the file is read.
#[derive(Clone, Debug)]
pub(crate) struct Variable {
    /// Nothing before the first assignment.
    pub(crate) value: Option<Value>,
    pub(crate) kind: Type,
    pub(crate) mutable: bool,
    /// The position among the loops being read of the one whose variable it is.
    pub(crate) of_loop: Option<usize>,
}

/// One item, or a register or part of one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Resolved<T> {
    One(T),
    Many(Vec<T>),
}

impl<T: Copy> Resolved<T> {
    /// All items.
    pub(crate) fn as_slice(&self) -> &[T] {
        match self {
            Resolved::One(item) => std::slice::from_ref(item),
            Resolved::Many(items) => items,
        }
    }

    /// The same of other items.
    pub(crate) fn map<U>(&self, item: impl Fn(T) -> U) -> Resolved<U> {
        match self {
            Resolved::One(one) => Resolved::One(item(*one)),
            Resolved::Many(all) => Resolved::Many(all.iter().map(|&one| item(one)).collect()),
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

/// A subroutine: its body is read at every call.
#[derive(Clone, Debug)]
pub(crate) struct Function<'a> {
    pub(crate) name: &'a str,
    pub(crate) parameters: Vec<Parameter<'a>>,
    pub(crate) returns: Option<TypeName<'a>>,
    /// From `{` to `}`.
    pub(crate) body: &'a str,
}

/// A parameter of a subroutine.
#[derive(Clone, Debug)]
pub(crate) struct Parameter<'a> {
    pub(crate) name: &'a str,
    pub(crate) kind: ParameterKind<'a>,
}

/// What a subroutine is given.
#[derive(Clone, Debug)]
pub(crate) enum ParameterKind<'a> {
    Qubits(Option<Expression<'a>>),
    Classical(TypeName<'a>),
    Array,
}

/// The names within the gate that is being read.
pub(crate) struct Formals<'a> {
    pub(crate) qubits: HashMap<&'a str, QubitId>,
    pub(crate) parameters: HashMap<&'a str, Value>,
    /// Whether names of gates are those of the standard library, whatever the program defines.
    pub(crate) standard: bool,
}

/// A body that is being read.
pub(crate) struct Body {
    pub(crate) definition: Definition,
    pub(crate) place: Place,
    /// The deepest definition called so far.
    pub(crate) depth: u32,
    /// Whether an angle was found that is not affine in the parameters.
    pub(crate) generic: bool,
}

/// Where a body stands, which decides how it numbers qubits and bits.
pub(crate) enum Place {
    /// The main program or a gate: as names resolve.
    Top,
    /// The body of an `if` or a loop: by first use.
    Nested(Box<Nested>),
}

/// Numbering of what the body of an `if` or loop uses.
#[derive(Default)]
pub(crate) struct Nested {
    pub(crate) qubits: Vec<QubitId>,
    qubit_numbers: HashMap<QubitId, u32>,
    pub(crate) bits: Vec<BitId>,
    bit_numbers: HashMap<BitId, u32>,
    /// Bits that are written, as the main program numbers them.
    pub(crate) written: Vec<BitId>,
    /// Values of the body's parameters: angles that differ between repetitions, or depend on the gate around it.
    pub(crate) slots: Vec<Angle>,
}

/// Items that are many are looked up, few are searched.
const SEARCHED: usize = 8;

/// The position of an item among those that occurred, at the end if it is new.
fn number<T: Copy + Eq + Hash>(items: &mut Vec<T>, numbers: &mut HashMap<T, u32>, item: T) -> u32 {
    let found = if items.len() <= SEARCHED {
        items.iter().position(|&other| other == item).map(|position| position as u32)
    } else {
        numbers.get(&item).copied()
    };
    found.unwrap_or_else(|| {
        items.push(item);
        if items.len() == SEARCHED + 1 {
            numbers.extend(items.iter().zip(0..).map(|(&item, number)| (item, number)));
        } else if items.len() > SEARCHED {
            numbers.insert(item, items.len() as u32 - 1);
        }
        items.len() as u32 - 1
    })
}

impl Body {
    pub(crate) fn top() -> Self {
        Body { definition: Definition::new(""), place: Place::Top, depth: 0, generic: false }
    }

    pub(crate) fn nested() -> Self {
        Body { place: Place::Nested(Box::default()), ..Body::top() }
    }

    /// The qubit of this body that stands for a qubit that names resolve to.
    pub(crate) fn qubit(&mut self, qubit: QubitId) -> QubitId {
        match &mut self.place {
            Place::Top => qubit,
            Place::Nested(nested) => QubitId(number(&mut nested.qubits, &mut nested.qubit_numbers, qubit)),
        }
    }

    /// The bit of this body that stands for a bit of the main program.
    pub(crate) fn bit(&mut self, bit: BitId) -> BitId {
        match &mut self.place {
            Place::Top => bit,
            Place::Nested(nested) => BitId(number(&mut nested.bits, &mut nested.bit_numbers, bit)),
        }
    }

    /// Notes that bits are written.
    pub(crate) fn write(&mut self, bits: &[BitId]) {
        if let Place::Nested(nested) = &mut self.place {
            nested.written.extend(bits);
        }
    }

    /// An angle in terms of this body's parameters: a new one if it varies, or depends on the gate around.
    pub(crate) fn adapt(&mut self, angle: Angle, varies: bool) -> Angle {
        match &mut self.place {
            Place::Nested(nested) if varies || !angle.terms.is_empty() => {
                nested.slots.push(angle);
                let name = format!("p{:02}", nested.slots.len() - 1);
                self.definition.add_parameter(name)
            }
            _ => angle,
        }
    }
}
