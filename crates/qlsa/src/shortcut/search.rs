//! What to do where the norm of the solution is not known.

use super::error::{StateSolverError, check};
use super::plan::ShortcutPlan;

/// Circuits to run one after another until one succeeds, for an unknown norm: t = 1/sigma_min, and then half of that
/// each time, down to 1. The first success is the solution to within `epsilon`, whatever the norm is, because each plan
/// allows for the largest norm, 1/sigma_min; what a smaller t costs is ln(2)/sigma_min queries for each halving. If all
/// fail, start again. Above the true norm the success probability is about 4 (||y||/t)^2, next to it at least 16/25.
pub fn norm_search(sigma_min: f64, epsilon: f64) -> Result<Vec<ShortcutPlan>, StateSolverError> {
    check("sigma_min", sigma_min, sigma_min > 0.0 && sigma_min <= 1.0, "(0, 1]")?;
    let mut plans = Vec::new();
    let mut ratio = 1.0;
    while ratio == 1.0 || sigma_min * ratio <= 1.0 {
        plans.push(ShortcutPlan::new(sigma_min, (1.0 / (sigma_min * ratio)).max(1.0), ratio, epsilon)?);
        ratio *= 2.0;
    }
    Ok(plans)
}

/// Upper bound of the expected queries of A of such a sequence of plans, if alpha ||A^-1 b||/||b|| is `norm`: from
/// [`ShortcutPlan::success_probability_at`].
pub fn expected_search_queries(plans: &[ShortcutPlan], norm: f64) -> f64 {
    let (mut failed, mut queries) = (1.0, 0.0);
    for plan in plans {
        queries += failed * plan.queries as f64;
        failed *= 1.0 - plan.success_probability_at(norm);
    }
    queries / (1.0 - failed)
}

/// A published bound of the expected queries for an unknown norm, 56 kappa + 1.05 kappa ln(1/epsilon), its o(kappa) left
/// out (Dalzell, arXiv 2406.12086); kappa = 1/sigma_min.
pub fn dalzell_query_bound(kappa: f64, epsilon: f64) -> f64 {
    kappa * (56.0 - 1.05 * epsilon.ln())
}

/// A published bound of the expected queries for an unknown norm, kappa (6 ln(kappa) + 6 + 1.07 ln(1/epsilon)) + 6 +
/// 3 ln(kappa), for 3 <= kappa <= 10^6 (Costa, Dalzell, An, Berry, arXiv 2604.22185); kappa = 1/sigma_min.
pub fn log_norm_search_query_bound(kappa: f64, epsilon: f64) -> f64 {
    let logarithm = kappa.ln();
    kappa * (6.0 * logarithm + 6.0 - 1.07 * epsilon.ln()) + 6.0 + 3.0 * logarithm
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_bounds_at_the_published_point() {
        assert!((dalzell_query_bound(100.0, 1e-2) / 6080.0 - 1.0).abs() < 1e-3);
        assert!((log_norm_search_query_bound(100.0, 1e-2) / 3880.0 - 1.0).abs() < 2e-3);
    }

    #[test]
    fn the_search_covers_all_norms() {
        for kappa in [1.0, 1.5, 10.0, 100.0, 1e5] {
            let plans = norm_search(1.0 / kappa, 1e-2).unwrap();
            assert!(
                plans
                    .windows(2)
                    .all(|pair| pair[1].norm < pair[0].norm && pair[1].queries >= pair[0].queries)
            );
            for step in 0..=20 {
                let norm = kappa.powf(f64::from(step) / 20.0);
                let best = plans.iter().map(|plan| plan.success_probability_at(norm)).fold(0.0, f64::max);
                assert!(best > 0.6, "{kappa} {norm} {best}");
                let expected = expected_search_queries(&plans, norm);
                assert!(expected >= plans[0].queries as f64);
                assert!(expected <= 1.6 * plans.iter().map(|plan| plan.queries as f64).sum::<f64>());
            }
        }
    }
}
