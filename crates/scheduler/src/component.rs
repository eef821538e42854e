//! The named parts of a quantum cost, and which of them are taken to be free.

use serde::ser::{Serialize, SerializeMap, Serializer};
use std::str::FromStr;
use thiserror::Error;

/// A named part of the predicted time of a quantum solution.
///
/// A cost is built up in this order: the first five make one execution of the circuit, each of the others says by
/// how much it makes the time so far grow. So the components add up to the total.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Component {
    /// Loading of the matrix, in one execution: the gates (and magic states) that encode it.
    Loading,
    /// Preparation of the right-hand side, in one execution: its gates (and magic states).
    StatePreparation,
    /// All other gates, in one execution.
    Gates,
    /// Waiting for magic states, in one execution.
    MagicStates,
    /// Measurement, reset and delay of one execution, and the link to the classical computer.
    Overhead,
    /// Repetition (or amplitude amplification), because an execution succeeds only with some probability.
    Repetition,
    /// More executions, because errors drown the signal.
    Noise,
    /// More executions, because N signed numbers are read from a state.
    ReadOut,
}

impl Component {
    /// All components, in order.
    pub const ALL: &'static [Component] = &[
        Component::Loading,
        Component::StatePreparation,
        Component::Gates,
        Component::MagicStates,
        Component::Overhead,
        Component::Repetition,
        Component::Noise,
        Component::ReadOut,
    ];

    /// The name on the command line and in documents.
    pub fn name(self) -> &'static str {
        match self {
            Component::Loading => "loading",
            Component::StatePreparation => "state_preparation",
            Component::Gates => "gates",
            Component::MagicStates => "magic_states",
            Component::Overhead => "overhead",
            Component::Repetition => "repetition",
            Component::Noise => "noise",
            Component::ReadOut => "read_out",
        }
    }

    /// The component of that name; hyphens and underscores do not matter.
    pub fn from_name(name: &str) -> Option<Component> {
        let plain = |name: &str| name.replace(['_', '-'], "");
        Component::ALL.iter().copied().find(|component| plain(component.name()) == plain(name))
    }

    /// One line for help texts.
    pub fn description(self) -> &'static str {
        match self {
            Component::Loading => "gates that load the matrix",
            Component::StatePreparation => "gates that prepare the right-hand side",
            Component::Gates => "all other gates",
            Component::MagicStates => "waiting for magic states, with error correction",
            Component::Overhead => "measurement, reset, delay between shots, classical link",
            Component::Repetition => "repeating until the solver succeeds",
            Component::Noise => "repeating because of errors",
            Component::ReadOut => "repeating to read N signed numbers",
        }
    }
}

impl std::fmt::Display for Component {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.name())
    }
}

/// A name that is no component.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("`{name}` is no cost component; accepted are {}", accepted())]
pub struct UnknownComponent {
    /// The name.
    pub name: String,
}

fn accepted() -> String {
    Component::ALL.iter().map(|component| component.name()).collect::<Vec<_>>().join(", ")
}

/// The components that are taken to cost nothing. Reads a list of names: `read_out,repetition`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FreeComponents {
    free: [bool; Component::ALL.len()],
}

impl FreeComponents {
    /// Every component costs what it costs.
    pub fn none() -> Self {
        Self::default()
    }

    /// This one free as well.
    pub fn with(mut self, component: Component) -> Self {
        self.free[component as usize] = true;
        self
    }

    /// Whether a component is free.
    pub fn contains(&self, component: Component) -> bool {
        self.free[component as usize]
    }

    /// The free components, in order.
    pub fn iter(&self) -> impl Iterator<Item = Component> + '_ {
        Component::ALL.iter().copied().filter(|&component| self.contains(component))
    }
}

impl FromIterator<Component> for FreeComponents {
    fn from_iter<I: IntoIterator<Item = Component>>(components: I) -> Self {
        components.into_iter().fold(Self::none(), Self::with)
    }
}

impl FromStr for FreeComponents {
    type Err = UnknownComponent;

    fn from_str(list: &str) -> Result<Self, UnknownComponent> {
        let names = list.split(',').map(str::trim).filter(|name| !name.is_empty());
        names
            .map(|name| Component::from_name(name).ok_or(UnknownComponent { name: name.to_string() }))
            .collect()
    }
}

impl Serialize for FreeComponents {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(Component::name))
    }
}

/// Seconds per component; their sum is the total.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Breakdown {
    seconds: [f64; Component::ALL.len()],
}

impl Breakdown {
    pub(crate) fn set(&mut self, component: Component, seconds: f64) {
        self.seconds[component as usize] = seconds;
    }

    /// Seconds of one component.
    pub fn get(&self, component: Component) -> f64 {
        self.seconds[component as usize]
    }

    /// The components with their seconds, in order.
    pub fn iter(&self) -> impl Iterator<Item = (Component, f64)> + '_ {
        Component::ALL.iter().map(|&component| (component, self.get(component)))
    }

    /// The sum of all components, in seconds.
    pub fn total(&self) -> f64 {
        self.seconds.iter().sum()
    }

    /// The component that takes the longest; the first of them if there are several.
    pub fn dominant(&self) -> Component {
        let first = (Component::Loading, self.get(Component::Loading));
        self.iter().fold(first, |best, entry| if entry.1 > best.1 { entry } else { best }).0
    }
}

impl Serialize for Breakdown {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(Component::ALL.len()))?;
        for (component, seconds) in self.iter() {
            map.serialize_entry(component.name(), &seconds)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_stand_at_their_position_and_have_their_name() {
        for (position, &component) in Component::ALL.iter().enumerate() {
            assert_eq!(component as usize, position);
            assert_eq!(Component::from_name(component.name()), Some(component));
        }
    }

    #[test]
    fn a_list_of_names_is_read() {
        let free: FreeComponents = "read_out, repetition".parse().unwrap();
        assert_eq!(free.iter().collect::<Vec<_>>(), [Component::Repetition, Component::ReadOut]);
        assert_eq!("readout,repetition".parse(), Ok(free));
        assert_eq!("read-out,repetition".parse(), Ok(free));
        assert_eq!("".parse(), Ok(FreeComponents::none()));
    }

    #[test]
    fn an_unknown_name_is_refused_with_the_accepted_ones() {
        let error = "read_out,reading".parse::<FreeComponents>().unwrap_err();
        insta::assert_snapshot!(error);
    }
}
