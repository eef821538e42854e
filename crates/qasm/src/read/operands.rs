//! What operands refer to.

use super::reader::Reader;
use super::scope::{Body, Place, RegisterSymbol, Symbol};
use crate::issue::{Issue, Outcome};
use crate::syntax::{Expression, Index, Operand};
use qnewton_circuit::{BitId, QubitId};
use std::rc::Rc;

/// One item, or a register or part of one.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Resolved<T> {
    One(T),
    Many(Vec<T>),
}

impl<T: Copy> Resolved<T> {
    /// All items.
    pub(super) fn as_slice(&self) -> &[T] {
        match self {
            Resolved::One(item) => std::slice::from_ref(item),
            Resolved::Many(items) => items,
        }
    }
}

/// The positions that an index selects.
enum Positions {
    All,
    One(usize),
    Many(Vec<usize>),
}

impl<'a> Reader<'a> {
    /// The qubits of an operand, as the main program or the gate numbers them.
    pub(super) fn qubits(
        &mut self,
        operand: &Operand<'a>,
        body: &mut Body<'a>,
    ) -> Outcome<'a, Resolved<QubitId>> {
        if let Place::Gate { qubits, .. } = &body.place {
            let Some(&qubit) = qubits.get(operand.name) else {
                let issue =
                    Issue::invalid(operand.name, format!("`{}` is no qubit of this gate", operand.name));
                return Err(issue.accepting("one of the gate's qubits"));
            };
            if operand.index.is_some() {
                return Err(Issue::invalid(operand.text, "the qubits of a gate cannot be indexed"));
            }
            return Ok(Resolved::One(qubit));
        }
        match self.symbols.get(operand.name) {
            Some(&Symbol::Qubits(register)) => self.select(register, operand, body, QubitId),
            Some(Symbol::Alias(qubits)) => {
                let qubits = Rc::clone(qubits);
                let indexed = RegisterSymbol { start: 0, len: qubits.len() as u32, indexed: true };
                let positions = self.select(indexed, operand, body, |position| position)?;
                Ok(match positions {
                    Resolved::One(position) => Resolved::One(qubits[position as usize]),
                    Resolved::Many(all) => {
                        Resolved::Many(all.into_iter().map(|position| qubits[position as usize]).collect())
                    }
                })
            }
            Some(other) => {
                let message = format!("`{}` is {}, not a qubit", operand.name, other.describe());
                Err(Issue::invalid(operand.name, message))
            }
            None => {
                let issue =
                    Issue::invalid(operand.name, format!("unknown qubit or register `{}`", operand.name));
                Err(issue.accepting("a declared qubit register"))
            }
        }
    }

    /// The bits of an operand, as the main program numbers them.
    pub(super) fn bits(
        &mut self,
        operand: &Operand<'a>,
        body: &mut Body<'a>,
    ) -> Outcome<'a, Resolved<BitId>> {
        match self.symbols.get(operand.name) {
            Some(&Symbol::Bits(register)) => self.select(register, operand, body, BitId),
            Some(other) => {
                let message = format!("`{}` is {}, not a bit", operand.name, other.describe());
                Err(Issue::invalid(operand.name, message))
            }
            None => {
                let issue =
                    Issue::invalid(operand.name, format!("unknown bit or register `{}`", operand.name));
                Err(issue.accepting("a declared bit register"))
            }
        }
    }

    fn select<T>(
        &mut self,
        register: RegisterSymbol,
        operand: &Operand<'a>,
        body: &mut Body<'a>,
        item: impl Fn(u32) -> T,
    ) -> Outcome<'a, Resolved<T>> {
        let len = register.len as usize;
        let at = |position: usize| item(register.start + position as u32);
        Ok(match self.positions(operand, register, body)? {
            Positions::One(position) => Resolved::One(at(position)),
            Positions::All if !register.indexed => Resolved::One(at(0)),
            Positions::All => {
                self.expand(len, operand.text)?;
                Resolved::Many((0..len).map(at).collect())
            }
            Positions::Many(positions) => Resolved::Many(positions.into_iter().map(at).collect()),
        })
    }

    fn positions(
        &mut self,
        operand: &Operand<'a>,
        register: RegisterSymbol,
        body: &mut Body<'a>,
    ) -> Outcome<'a, Positions> {
        let len = i64::from(register.len);
        let Some(index) = &operand.index else { return Ok(Positions::All) };
        if !register.indexed {
            return Err(Issue::invalid(operand.text, format!("`{}` is no register", operand.name)));
        }
        match index {
            Index::Single(expression) => Ok(Positions::One(self.position(expression, len, body)?)),
            Index::Set(expressions) => {
                let positions: Outcome<Vec<usize>> =
                    expressions.iter().map(|expression| self.position(expression, len, body)).collect();
                Ok(Positions::Many(positions?))
            }
            Index::Range { start, step, end } => {
                let step_value = match step {
                    Some(step) => self.integer(step, body, 1)?,
                    None => 1,
                };
                if step_value == 0 {
                    return Err(Issue::invalid(operand.text, "the step of a range cannot be zero"));
                }
                let (first, last) = if step_value > 0 { (0, len - 1) } else { (len - 1, 0) };
                let mut bound = |expression: &Option<Expression<'a>>, default: i64| match expression {
                    Some(expression) => self.position(expression, len, body).map(|position| position as i64),
                    None => Ok(default),
                };
                let (start, end) = (bound(start, first)?, bound(end, last)?);
                let count = if (end - start).signum() * step_value.signum() < 0 {
                    0
                } else {
                    (end - start).unsigned_abs() / step_value.unsigned_abs() + 1
                };
                self.expand(count as usize, operand.text)?;
                // Within the register: start and end are, and no step leads beyond the end.
                let position =
                    |k: u64| (start + step_value.signum() * (k * step_value.unsigned_abs()) as i64) as usize;
                Ok(Positions::Many((0..count).map(position).collect()))
            }
        }
    }

    /// An index from either end of a register.
    fn position(&mut self, expression: &Expression<'a>, len: i64, body: &mut Body<'a>) -> Outcome<'a, usize> {
        let index = self.integer(expression, body, 0)?;
        let position = if index < 0 { index.saturating_add(len) } else { index };
        if (0..len).contains(&position) {
            return Ok(position as usize);
        }
        let issue = Issue::invalid(expression.text, format!("index {index} is out of range"));
        Err(issue.accepting(if len == 1 { "0".to_string() } else { format!("0 to {}", len - 1) }))
    }
}
