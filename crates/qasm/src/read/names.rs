//! The symbol table: scopes within scopes, and subroutines, which do not see the names of their callers.

use super::scope::Symbol;
use std::collections::HashMap;

/// All names in force.
#[derive(Default)]
pub(super) struct Names<'a> {
    symbols: HashMap<&'a str, Entry<'a>>,
    depth: usize,
    /// What the names of inner scopes meant before.
    hidden: Vec<(&'a str, Option<Entry<'a>>)>,
    /// Where the scopes begin in `hidden`.
    scopes: Vec<usize>,
    /// Where the names of the running subroutine begin in `hidden`.
    base: usize,
}

struct Entry<'a> {
    symbol: Symbol<'a>,
    depth: usize,
}

/// Names of a caller that are out of sight.
pub(super) struct Aside<'a> {
    entries: Vec<(&'a str, Option<Entry<'a>>)>,
    base: usize,
}

impl<'a> Names<'a> {
    pub(super) fn get(&self, name: &str) -> Option<&Symbol<'a>> {
        self.symbols.get(name).map(|entry| &entry.symbol)
    }

    /// The symbol and the scope that declares it, for assignments.
    pub(super) fn get_mut(&mut self, name: &str) -> Option<(&mut Symbol<'a>, usize)> {
        self.symbols.get_mut(name).map(|entry| (&mut entry.symbol, entry.depth))
    }

    /// What a name means if this scope declares it.
    pub(super) fn declared_here(&self, name: &str) -> Option<&Symbol<'a>> {
        self.symbols.get(name).filter(|entry| entry.depth == self.depth).map(|entry| &entry.symbol)
    }

    /// Declares a name in this scope.
    pub(super) fn insert(&mut self, name: &'a str, symbol: Symbol<'a>) {
        let before = self.symbols.insert(name, Entry { symbol, depth: self.depth });
        if self.depth > 0 {
            self.hidden.push((name, before));
        }
    }

    /// Gives a name that has no meaning yet one in all scopes.
    pub(super) fn insert_global(&mut self, name: &'a str, symbol: Symbol<'a>) {
        self.symbols.insert(name, Entry { symbol, depth: 0 });
    }

    /// How deep the scope is; 0 is global.
    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    pub(super) fn open(&mut self) {
        self.depth += 1;
        self.scopes.push(self.hidden.len());
    }

    pub(super) fn close(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        let start = self.scopes.pop().unwrap_or(0);
        for (name, before) in self.hidden.drain(start..).rev() {
            match before {
                Some(entry) => self.symbols.insert(name, entry),
                None => self.symbols.remove(name),
            };
        }
    }

    /// Puts all names but the global ones out of sight.
    pub(super) fn hide_locals(&mut self) -> Aside<'a> {
        let mut entries = Vec::new();
        for (name, before) in self.hidden[self.base..].iter_mut().rev() {
            // The entry that is hidden takes its place again; the one in force moves to the list.
            let current = match before.take() {
                Some(entry) => self.symbols.insert(name, entry),
                None => self.symbols.remove(name),
            };
            entries.push((*name, current));
        }
        let base = std::mem::replace(&mut self.base, self.hidden.len());
        Aside { entries, base }
    }

    /// Brings them back.
    pub(super) fn restore_locals(&mut self, aside: Aside<'a>) {
        self.base = aside.base;
        for ((name, entry), hidden) in aside.entries.into_iter().rev().zip(&mut self.hidden[self.base..]) {
            if let Some(entry) = entry {
                hidden.1 = self.symbols.insert(name, entry);
            }
        }
    }

    /// Names that are not global.
    pub(super) fn locals(&self) -> usize {
        self.hidden.len() - self.base
    }
}
