//! Conditions on measured bits, as conjunctions that exclude each other.

use super::scope::Resolved;
use crate::syntax::BinaryOperator;
use qnewton_circuit::BitId;

/// Values that bits must have.
pub(crate) type Requirements = Vec<(BitId, bool)>;

/// Conjunctions a condition may have.
const LIMIT: usize = 4096;
/// Requirements of all conjunctions together.
const SIZE: usize = 1 << 20;
/// Requirements that are compared to combine two conditions.
const WORK: usize = 1 << 26;

/// A condition: exactly one of the conjunctions holds, or none and the condition is false.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Cases(pub(crate) Vec<Requirements>);

impl Cases {
    pub(crate) fn constant(value: bool) -> Self {
        Cases(if value { vec![Vec::new()] } else { Vec::new() })
    }

    pub(crate) fn bit(bit: BitId, value: bool) -> Self {
        Cases(vec![vec![(bit, value)]])
    }

    /// `None` where an operation needs more than 4096 conjunctions.
    pub(crate) fn negated(&self) -> Option<Self> {
        let mut result = Cases::constant(true);
        for case in &self.0 {
            if case.len() > LIMIT || case.len() * case.len() > 2 * SIZE {
                return None;
            }
            // The first bit that differs is bit k.
            let chain = (1..=case.len()).map(|length| {
                let mut part = case[..length].to_vec();
                if let Some((_, value)) = part.last_mut() {
                    *value = !*value;
                }
                part
            });
            result = result.and(&Cases(chain.collect()))?;
        }
        Some(result)
    }

    pub(crate) fn and(&self, other: &Cases) -> Option<Self> {
        let size = |cases: &Cases| cases.0.iter().map(|case| case.len() + 1).sum::<usize>();
        let work = |cases: &Cases| cases.0.iter().map(Vec::len).sum::<usize>();
        let pairs = self.0.len().saturating_mul(other.0.len());
        if pairs > WORK || work(self).saturating_mul(work(other)) > WORK {
            return None;
        }
        let (own, others) = (size(self), size(other));
        if own.saturating_mul(other.0.len()).saturating_add(others.saturating_mul(self.0.len()))
            > 4 * SIZE + own + others
        {
            return None;
        }
        let mut result = Vec::new();
        for (a, b) in self.0.iter().flat_map(|a| other.0.iter().map(move |b| (a, b))) {
            let mut both = a.clone();
            let mut possible = true;
            for &(bit, value) in b {
                match a.iter().find(|(known, _)| *known == bit) {
                    Some((_, known)) => possible &= *known == value,
                    None => both.push((bit, value)),
                }
            }
            if possible {
                result.push(both);
            }
            if result.len() > LIMIT {
                return None;
            }
        }
        Some(Cases(result))
    }

    pub(crate) fn or(&self, other: &Cases) -> Option<Self> {
        let mut rest = other.and(&self.negated()?)?;
        let mut all = self.clone();
        all.0.append(&mut rest.0);
        (all.0.len() <= LIMIT).then_some(all)
    }

    fn same(&self, other: &Cases) -> Option<Self> {
        let both = self.and(other)?;
        both.or(&self.negated()?.and(&other.negated()?)?)
    }

    /// The operators that combine truth values.
    pub(crate) fn combined(&self, operator: BinaryOperator, other: &Cases) -> Option<Option<Self>> {
        use BinaryOperator::{And, BitAnd, BitOr, BitXor, Equal, NotEqual, Or};
        Some(match operator {
            And | BitAnd => self.and(other),
            Or | BitOr => self.or(other),
            Equal => self.same(other),
            NotEqual | BitXor => self.same(other).and_then(|same| same.negated()),
            _ => return None,
        })
    }
}

/// The comparison of bits, least significant first, with an integer; `None` if the operator compares nothing.
pub(crate) fn compared(bits: &[BitId], operator: BinaryOperator, value: i64) -> Option<Option<Cases>> {
    use BinaryOperator::{Equal, Greater, GreaterEqual, Less, LessEqual, NotEqual};
    let below = |value: i64| if value == i64::MAX { Some(Cases::constant(true)) } else { less(bits, value) };
    Some(match operator {
        Equal => Some(equals(bits, value)),
        NotEqual => equals(bits, value).negated(),
        Less => below(value),
        LessEqual => below(value.saturating_add(1)),
        GreaterEqual => below(value).and_then(|cases| cases.negated()),
        Greater => below(value.saturating_add(1)).and_then(|cases| cases.negated()),
        _ => return None,
    })
}

fn digit(value: i64, position: usize) -> bool {
    position < 63 && value >> position & 1 == 1
}

/// That bits are the binary digits of `value`.
fn equals(bits: &[BitId], value: i64) -> Cases {
    if value < 0 || (bits.len() < 63 && value >> bits.len() != 0) {
        return Cases::constant(false);
    }
    let digits = bits.iter().enumerate().map(|(position, &bit)| (bit, digit(value, position)));
    Cases(vec![digits.collect()])
}

/// That they are those of a smaller number: equal down to a digit that is 1 there and 0 here.
fn less(bits: &[BitId], value: i64) -> Option<Cases> {
    if value < 0 {
        return Some(Cases::constant(false));
    }
    if bits.len() < 63 && value >> bits.len() != 0 {
        return Some(Cases::constant(true));
    }
    if bits.len() > SIZE / 64 {
        return None;
    }
    let ones = (0..bits.len()).rev().filter(|&position| digit(value, position));
    let cases = ones.map(|place| {
        let above = (place + 1..bits.len()).rev().map(|position| (bits[position], digit(value, position)));
        above.chain([(bits[place], false)]).collect()
    });
    Some(Cases(cases.collect()))
}

/// That two lists of bits agree.
pub(crate) fn agree(left: &Resolved<BitId>, right: &Resolved<BitId>) -> Option<Cases> {
    let mut all = Cases::constant(true);
    for (&a, &b) in left.as_slice().iter().zip(right.as_slice()) {
        all = all.and(&Cases::bit(a, true).same(&Cases::bit(b, true))?)?;
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(cases: &Cases, word: u32) -> usize {
        let met = |case: &&Requirements| case.iter().all(|(bit, value)| (word >> bit.0 & 1 == 1) == *value);
        cases.0.iter().filter(met).count()
    }

    #[test]
    fn comparisons_and_their_combinations_hold_once_where_they_should() {
        use BinaryOperator::{And, Equal, Greater, GreaterEqual, Less, LessEqual, NotEqual, Or};
        let bits: Vec<BitId> = (0..3).map(BitId).collect();
        let truth = |operator, word: i64, value: i64| match operator {
            Equal => word == value,
            NotEqual => word != value,
            Less => word < value,
            LessEqual => word <= value,
            Greater => word > value,
            _ => word >= value,
        };
        let operators = [Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual];
        for (operator, value) in operators.iter().flat_map(|o| (-1..10).map(move |v| (*o, v))) {
            let cases = compared(&bits, operator, value).unwrap().unwrap();
            let other = compared(&bits, GreaterEqual, 3).unwrap().unwrap();
            for word in 0..8 {
                let expected = truth(operator, i64::from(word), value);
                assert_eq!(holds(&cases, word), usize::from(expected), "{operator:?} {value} {word}");
                let either = cases.combined(Or, &other).unwrap().unwrap();
                assert_eq!(holds(&either, word), usize::from(expected || word >= 3));
                let both = cases.combined(And, &other).unwrap().unwrap();
                assert_eq!(holds(&both, word), usize::from(expected && word >= 3));
                let same = cases.combined(Equal, &other).unwrap().unwrap();
                assert_eq!(holds(&same, word), usize::from(expected == (word >= 3)));
            }
        }
    }
}
