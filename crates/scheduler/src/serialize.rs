//! How numbers appear in documents.

use serde::Serializer;

/// A number, or null where it is infinite: JSON has no infinity.
pub(crate) fn finite_or_null<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    if value.is_finite() { serializer.serialize_f64(*value) } else { serializer.serialize_none() }
}
