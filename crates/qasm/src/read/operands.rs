//! What operands refer to.

use super::reader::Reader;
use super::scope::{Body, RegisterSymbol, Resolved, Symbol};
use crate::issue::{Issue, Outcome};
use crate::syntax::{Expression, Index, Operand};
use qnewton_circuit::{BitId, QubitId};
use std::rc::Rc;

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
        body: &mut Body,
    ) -> Outcome<'a, Resolved<QubitId>> {
        if let Some(formals) = &self.formals {
            let Some(&qubit) = formals.qubits.get(operand.name) else {
                let issue =
                    Issue::invalid(operand.name, format!("`{}` is no qubit of this gate", operand.name));
                return Err(issue.accepting("one of the gate's qubits"));
            };
            if operand.index.is_some() {
                return Err(Issue::invalid(operand.text, "the qubits of a gate cannot be indexed"));
            }
            return Ok(Resolved::One(qubit));
        }
        match self.names.get(operand.name) {
            Some(&Symbol::Qubits(register)) => self.select(register, operand, body, QubitId),
            Some(&Symbol::Qubit(qubit)) if operand.index.is_none() => Ok(Resolved::One(qubit)),
            Some(Symbol::Alias(qubits)) => {
                let qubits = Rc::clone(qubits);
                self.select(whole(qubits.len()), operand, body, |position| qubits[position as usize])
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
    pub(super) fn bits(&mut self, operand: &Operand<'a>, body: &mut Body) -> Outcome<'a, Resolved<BitId>> {
        match self.names.get(operand.name) {
            Some(&Symbol::Bits(register)) => self.select(register, operand, body, BitId),
            Some(Symbol::BitAlias(bits)) => {
                let bits = Rc::clone(bits);
                self.select(whole(bits.len()), operand, body, |position| bits[position as usize])
            }
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
        body: &mut Body,
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
        body: &mut Body,
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
                let mut part = |expression: &Option<Expression<'a>>| {
                    expression.as_ref().map(|expression| self.integer(expression, body, 0)).transpose()
                };
                let parts = [part(start)?, part(step)?, part(end)?];
                let positions = self.range_in(parts, register.len as usize, operand.text)?;
                self.expand(positions.len(), operand.text)?;
                Ok(Positions::Many(positions))
            }
        }
    }

    /// The positions from start to end, both included, among `len`.
    pub(super) fn range_in(
        &self,
        [start, step, end]: [Option<i64>; 3],
        len: usize,
        at: &'a str,
    ) -> Outcome<'a, Vec<usize>> {
        let step = step.unwrap_or(1);
        if step == 0 {
            return Err(Issue::invalid(at, "the step of a range cannot be zero"));
        }
        let (first, last) = if step > 0 { (0, len as i64 - 1) } else { (len as i64 - 1, 0) };
        let bound = |given: Option<i64>, default: i64| match given {
            Some(position) => self.place_in(position, len, at).map(|position| position as i64),
            None => Ok(default),
        };
        let (start, end) = (bound(start, first)?, bound(end, last)?);
        let count = if (end - start).signum() * step.signum() < 0 {
            0
        } else {
            (end - start).unsigned_abs() / step.unsigned_abs() + 1
        };
        // Within the register: start and end are, and no step leads beyond the end.
        let position = |k: u64| (start + step.signum() * (k * step.unsigned_abs()) as i64) as usize;
        Ok((0..count).map(position).collect())
    }

    /// An index from either end among `len` items.
    pub(super) fn place_in(&self, index: i64, len: usize, at: &'a str) -> Outcome<'a, usize> {
        let position = if index < 0 { index.saturating_add(len as i64) } else { index };
        if (0..len as i64).contains(&position) {
            return Ok(position as usize);
        }
        let issue = Issue::invalid(at, format!("index {index} is out of range"));
        Err(issue.accepting(match len {
            0 => "no index".to_string(),
            1 => "0".to_string(),
            _ => format!("0 to {}", len - 1),
        }))
    }

    /// An index from either end of a register.
    fn position(&mut self, expression: &Expression<'a>, len: i64, body: &mut Body) -> Outcome<'a, usize> {
        let index = self.integer(expression, body, 0)?;
        self.place_in(index, len as usize, expression.text)
    }
}

/// An alias as a register whose items are positions in it.
fn whole(len: usize) -> RegisterSymbol {
    RegisterSymbol { start: 0, len: len as u32, indexed: true }
}
