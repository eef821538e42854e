//! Gates of the gate table that `stdgates.inc` lacks, in its terms.

use qnewton_circuit::Gate;

/// The definition that is written before a gate that `stdgates.inc` lacks is used. A definition that is read
/// and has exactly this text is the gate of the table again.
pub(crate) fn definition_text(gate: Gate) -> Option<&'static str> {
    Some(match gate {
        Gate::Sxdg => "gate sxdg a { inv @ sx a; }",
        Gate::Cu1 => "gate cu1(p00) a, b { cp(p00) a, b; }",
        Gate::Cu3 => "gate cu3(p00, p01, p02) a, b { cu(p00, p01, p02, 0.0) a, b; }",
        Gate::Rzz => "gate rzz(p00) a, b { cx a, b; rz(p00) b; cx a, b; }",
        Gate::Rxx => "gate rxx(p00) a, b { h a; h b; cx a, b; rz(p00) b; cx a, b; h a; h b; }",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::STDGATES;

    #[test]
    fn every_gate_of_the_table_is_standard_built_in_or_restated() {
        for &gate in Gate::ALL {
            let standard = STDGATES.contains(&gate.name()) || gate == Gate::U;
            assert_ne!(standard, definition_text(gate).is_some(), "{}", gate.name());
        }
    }
}
