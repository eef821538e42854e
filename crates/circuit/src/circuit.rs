//! Circuits: arenas of definitions and tables.

use crate::definition::Definition;
use crate::error::CircuitError;
use crate::ids::{DefinitionId, TableId};
use crate::table::{AngleTable, IndexTable, Table};

/// A hierarchy of definitions with an entry. Callees stand before their callers, so a circuit is acyclic by
/// construction and every bottom-up computation is a single loop.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Circuit {
    definitions: Vec<Definition>,
    tables: Vec<Table>,
    entry: Option<DefinitionId>,
}

impl Circuit {
    /// A circuit without definitions.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a definition, after all that it calls. The last one added is the entry unless
    /// [`Circuit::set_entry`] says otherwise.
    pub fn add(&mut self, definition: Definition) -> DefinitionId {
        let id = DefinitionId::from_index(self.definitions.len());
        self.definitions.push(definition);
        self.entry = Some(id);
        id
    }

    /// Adds a table of angles.
    pub fn add_angles(&mut self, table: AngleTable) -> TableId {
        self.tables.push(Table::Angles(table));
        TableId::from_index(self.tables.len() - 1)
    }

    /// Adds a table of integers.
    pub fn add_indices(&mut self, table: IndexTable) -> TableId {
        self.tables.push(Table::Indices(table));
        TableId::from_index(self.tables.len() - 1)
    }

    /// Adds a table of either kind.
    pub fn add_table(&mut self, table: Table) -> TableId {
        self.tables.push(table);
        TableId::from_index(self.tables.len() - 1)
    }

    /// Makes a definition the one that the circuit stands for.
    pub fn set_entry(&mut self, entry: DefinitionId) {
        self.entry = Some(entry);
    }

    /// Puts a definition in the place of another one of the same signature; it may call those that stand before it.
    pub fn replace(&mut self, id: DefinitionId, definition: Definition) {
        self.definitions[id.index()] = definition;
    }

    /// The same circuit with this in front of the name of every definition.
    pub fn with_prefix(mut self, prefix: &str) -> Self {
        for definition in &mut self.definitions {
            definition.name.insert_str(0, prefix);
        }
        self
    }

    /// The definitions, callees first.
    pub fn definitions(&self) -> &[Definition] {
        &self.definitions
    }

    /// The tables.
    pub fn tables(&self) -> &[Table] {
        &self.tables
    }

    /// A definition. The identifier must be one of this circuit.
    pub fn definition(&self, id: DefinitionId) -> &Definition {
        &self.definitions[id.index()]
    }

    /// The identifier of the entry.
    pub fn entry_id(&self) -> Result<DefinitionId, CircuitError> {
        self.entry.ok_or(CircuitError::NoEntry)
    }

    /// The definition that the circuit stands for.
    pub fn entry(&self) -> Result<&Definition, CircuitError> {
        self.entry_id().map(|id| self.definition(id))
    }

    /// A table of angles; an error if the identifier is no such table.
    pub fn angles(&self, id: TableId) -> Result<&AngleTable, CircuitError> {
        match self.tables.get(id.index()) {
            Some(Table::Angles(table)) => Ok(table),
            _ => Err(wrong_table(id, "angles")),
        }
    }

    /// A table of integers; an error if the identifier is no such table.
    pub fn indices(&self, id: TableId) -> Result<&IndexTable, CircuitError> {
        match self.tables.get(id.index()) {
            Some(Table::Indices(table)) => Ok(table),
            _ => Err(wrong_table(id, "integers")),
        }
    }

    /// Copies the definitions and tables of `other` into this circuit and returns the identifier that the
    /// entry of `other` has here. Names that are taken already get a numeric suffix.
    pub fn import(&mut self, other: &Circuit) -> Result<DefinitionId, CircuitError> {
        let entry = other.entry_id()?;
        let first = self.definitions.len() as u32;
        let first_table = self.tables.len() as u32;
        self.tables.extend_from_slice(&other.tables);
        for definition in &other.definitions {
            let mut copy = definition.clone();
            copy.shift(first, first_table);
            copy.name = self.fresh_name(&copy.name);
            self.definitions.push(copy);
        }
        Ok(DefinitionId(entry.0 + first))
    }

    /// `name`, or `name` with the first numeric suffix that no definition has.
    pub fn fresh_name(&self, name: &str) -> String {
        let taken = |candidate: &str| self.definitions.iter().any(|definition| definition.name == candidate);
        if !taken(name) {
            return name.to_string();
        }
        (2..).map(|suffix| format!("{name}_{suffix}")).find(|candidate| !taken(candidate)).unwrap_or_default()
    }
}

fn wrong_table(id: TableId, expected: &str) -> CircuitError {
    CircuitError::Malformed {
        definition: String::new(),
        operation: 0,
        problem: format!("table {} is not a table of {expected}", id.0),
    }
}
