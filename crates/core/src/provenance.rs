//! Where a predicted cost comes from. Costs of different provenance are never mixed silently.

use serde::Serialize;

/// Where a predicted cost comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Provenance {
    /// Counted on a circuit that was built.
    Compiled,
    /// A theorem's upper bound.
    Bound,
    /// A fit to published or own experiments.
    Empirical,
}

impl Provenance {
    /// The name used in reports and JSON documents.
    pub fn name(self) -> &'static str {
        match self {
            Provenance::Compiled => "compiled",
            Provenance::Bound => "bound",
            Provenance::Empirical => "empirical",
        }
    }
}

impl std::fmt::Display for Provenance {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.name())
    }
}
