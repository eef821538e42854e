//! Families of matrices on the command line: `laplacian:2^40`, `laplacian:64x64:periodic`, `tridiagonal:2^20:2:-1`.

use qnewton::encoding::{Boundary, Family};

const EXPECTED: &str = "accepted are `laplacian:SIZE[xSIZE...][:periodic]` and \
                        `tridiagonal:SIZE:DIAGONAL:OFF_DIAGONAL[:periodic]`, SIZE a power of two such as 64 or 2^40";

/// Reads a family.
pub(crate) fn family(text: &str) -> Result<Family, String> {
    parse(text).ok_or_else(|| EXPECTED.to_string())
}

fn parse(text: &str) -> Option<Family> {
    let mut parts: Vec<&str> = text.split(':').collect();
    let boundary = match parts.last().copied() {
        Some("periodic") => {
            parts.pop();
            Boundary::Periodic
        }
        _ => Boundary::Open,
    };
    match parts[..] {
        ["laplacian", sizes] => {
            // The axis that varies fastest is written last, as in a shape.
            let qubits = sizes.split('x').rev().map(qubits).collect::<Option<Vec<usize>>>()?;
            Some(Family::Laplacian { boundary, qubits })
        }
        ["tridiagonal", size, diagonal, off_diagonal] => Some(Family::TridiagonalToeplitz {
            qubits: qubits(size)?,
            diagonal: diagonal.parse().ok().filter(|value: &f64| value.is_finite())?,
            off_diagonal: off_diagonal.parse().ok().filter(|value: &f64| value.is_finite())?,
            boundary,
        }),
        _ => None,
    }
}

/// The exponent of a power of two, at least 2.
fn qubits(size: &str) -> Option<usize> {
    let exponent = match size.strip_prefix("2^") {
        Some(exponent) => exponent.parse().ok()?,
        None => {
            let size: u64 = size.parse().ok()?;
            size.is_power_of_two().then(|| size.trailing_zeros() as usize)?
        }
    };
    (1..64).contains(&exponent).then_some(exponent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_powers_of_two() {
        let grid = Family::Laplacian { boundary: Boundary::Periodic, qubits: vec![6, 5] };
        assert_eq!(family("laplacian:32x64:periodic"), Ok(grid));
        let line = Family::Laplacian { boundary: Boundary::Open, qubits: vec![40] };
        assert_eq!(family("laplacian:2^40"), Ok(line));
        assert!(matches!(family("tridiagonal:16:2:-1"), Ok(Family::TridiagonalToeplitz { qubits: 4, .. })));
        for wrong in
            ["laplacian", "laplacian:3", "laplacian:1", "laplacian:2^64", "tridiagonal:4:x:1", "cube:8"]
        {
            assert!(family(wrong).is_err(), "{wrong}");
        }
    }
}
