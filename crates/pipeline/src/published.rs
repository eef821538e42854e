//! What others state about the queries that a solution takes: theorems and fits, none of them counted on a circuit.

use qnewton_core::Provenance;
use qnewton_qlsa::adiabatic::published_walk_steps;
use qnewton_qlsa::shortcut::{dalzell_query_bound, log_norm_search_query_bound};
use std::ops::RangeInclusive;

/// Expected queries of a block encoding until the direction of a solution is prepared, as published.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PublishedQueries {
    /// The name on command lines.
    pub key: &'static str,
    /// The solver.
    pub name: &'static str,
    /// A theorem or a fit.
    pub provenance: Provenance,
    /// The queries, repetitions until success included.
    pub queries: f64,
    /// Where it is stated.
    pub source: &'static str,
}

/// Where the bound of the search for the norm is stated to hold.
const SEARCH_RANGE: RangeInclusive<f64> = 3.0..=1e6;

/// The proven constant c of the walk: its error is at most c kappa / steps.
const PROVEN_WALK_CONSTANT: f64 = 2305.0;

/// Published queries for singular values of the encoded matrix from 1/`kappa` to 1 and a direction that is off by at most
/// `epsilon` in (0, 1), norm and sign apart.
///
/// Walks are counted with the eigenstate filter behind them, kappa ln(2/epsilon), at the error of the walk for which the
/// expected queries are fewest.
pub fn published_queries(kappa: f64, epsilon: f64) -> Vec<PublishedQueries> {
    let mut published = vec![PublishedQueries {
        key: "dalzell-unknown",
        name: "kernel reflection, unknown norm",
        provenance: Provenance::Bound,
        queries: dalzell_query_bound(kappa, epsilon),
        source: "Dalzell, arXiv 2406.12086; o(kappa) left out",
    }];
    if SEARCH_RANGE.contains(&kappa) {
        published.push(PublishedQueries {
            key: "costa-dalzell-an-berry",
            name: "kernel reflection, norm searched",
            provenance: Provenance::Bound,
            queries: log_norm_search_query_bound(kappa, epsilon),
            source: "Costa, Dalzell, An, Berry, arXiv 2604.22185",
        });
    }
    published.push(PublishedQueries {
        key: "costa",
        name: "adiabatic walk, proven constant",
        provenance: Provenance::Bound,
        queries: walk_queries(kappa, epsilon, |error| PROVEN_WALK_CONSTANT * kappa / error),
        source: "Costa et al., arXiv 2111.08152: 2305 kappa/Delta, and a filter",
    });
    published.push(PublishedQueries {
        key: "costa-empirical",
        name: "adiabatic walk, fitted constant",
        provenance: Provenance::Empirical,
        queries: walk_queries(kappa, epsilon, |error| published_walk_steps(kappa, error)),
        source: "Costa, An, Babbush, Berry, arXiv 2312.07690: 1.84 kappa/Delta, and a filter",
    });
    published
}

/// The least expected queries over errors Delta of the walk, which lose Delta^2 of the probability.
fn walk_queries(kappa: f64, epsilon: f64, steps: impl Fn(f64) -> f64) -> f64 {
    let filter = kappa * (2.0 / epsilon).ln();
    let expected = |error: f64| (steps(error) + filter) / (1.0 - error * error);
    (1..100).map(|percent| expected(f64::from(percent) / 100.0)).fold(f64::INFINITY, f64::min)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_figures_at_a_condition_number_of_100() {
        let published = published_queries(100.0, 1e-2);
        let figures: Vec<(Provenance, f64)> =
            published.iter().map(|entry| (entry.provenance, (entry.queries / 10.0).round() * 10.0)).collect();
        // Delta = 1/sqrt 3 is best where the walk dominates: 2305 kappa 3^1.5/2, and the filter 1.5 times.
        let proven = ((2305.0 * 100.0 * 27f64.sqrt() / 2.0 + 150.0 * 200f64.ln()) / 10.0).round() * 10.0;
        assert_eq!(figures[..2], [(Provenance::Bound, 6080.0), (Provenance::Bound, 3880.0)]);
        assert_eq!(figures[2].0, Provenance::Bound);
        assert!((figures[2].1 / proven - 1.0).abs() < 1e-3, "{}", figures[2].1);
        assert_eq!(figures[3].0, Provenance::Empirical);
        assert!(figures[3].1 > 900.0 && figures[3].1 < 1_300.0, "{}", figures[3].1);
        // Outside of where it is stated a bound is not shown.
        assert_eq!(published_queries(2.0, 1e-2).len(), 3);
    }
}
