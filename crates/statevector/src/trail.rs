//! Where a run stands in the hierarchy: recorded while a cancelled run unwinds, followed when it is resumed. Runs that
//! are not cancelled keep no record.
//!
//! One number for each level, innermost first: of a body its steps that are done, in the order of execution; of a call
//! its repetitions that are done; of a conjugation its parts that are done. All but the innermost are in progress.

/// The numbers that are still to be followed, or that were recorded.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Trail(Vec<u64>);

impl Trail {
    /// A trail that was recorded.
    pub(crate) fn new(numbers: Vec<u64>) -> Self {
        Trail(numbers)
    }

    /// The numbers, innermost first.
    pub(crate) fn numbers(&self) -> &[u64] {
        &self.0
    }

    /// Where the next level begins: at its start, unless a trail is followed.
    #[inline(always)]
    pub(crate) fn enter(&mut self) -> u64 {
        self.0.pop().unwrap_or(0)
    }

    /// Whether a trail is still followed.
    pub(crate) fn leads_on(&self) -> bool {
        !self.0.is_empty()
    }

    /// Records, if that is why, that a level was left in its item `number`. The innermost level is left behind an item.
    #[inline(always)]
    pub(crate) fn passed<E>(&mut self, number: u64, result: Result<(), E>) -> Result<(), E> {
        if result.is_err() {
            let behind = u64::from(self.0.is_empty());
            self.0.push(number + behind);
        }
        result
    }
}
