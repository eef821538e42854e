//! Whether this process is one of several that `mpirun`, `srun` or the like has started.

/// What launchers tell processes: the variables of their number and of this one's rank. Open MPI; MPICH, Intel MPI and
/// Slurm with PMI; MVAPICH; Slurm.
const VARIABLES: [(&str, &str); 4] = [
    ("OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK"),
    ("PMI_SIZE", "PMI_RANK"),
    ("MV2_COMM_WORLD_SIZE", "MV2_COMM_WORLD_RANK"),
    ("SLURM_STEP_NUM_TASKS", "SLURM_PROCID"),
];

/// How this process was started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Launch {
    /// The number of this process among them.
    pub(crate) rank: usize,
    /// Number of processes.
    pub(crate) size: usize,
}

impl Launch {
    /// What the environment says.
    pub(crate) fn detect() -> Self {
        Self::of(|name| std::env::var(name).ok())
    }

    fn of(variable: impl Fn(&str) -> Option<String>) -> Self {
        let number = |name: &str| variable(name)?.trim().parse::<usize>().ok();
        let launches = VARIABLES
            .iter()
            .filter_map(|(size, rank)| Some(Launch { size: number(size)?, rank: number(rank)? }));
        launches.max_by_key(|launch| launch.size).unwrap_or(Launch { rank: 0, size: 1 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn launchers_are_recognised_by_what_they_set() {
        let launch = |set: &[(&str, &str)]| {
            Launch::of(|name| set.iter().find(|pair| pair.0 == name).map(|pair| pair.1.to_string()))
        };
        assert_eq!(launch(&[]), Launch { rank: 0, size: 1 });
        assert_eq!(launch(&[("PMI_SIZE", "4"), ("PMI_RANK", "3")]), Launch { rank: 3, size: 4 });
        // `mpirun` within a job step of one task.
        let both = [
            ("OMPI_COMM_WORLD_SIZE", "8"),
            ("OMPI_COMM_WORLD_RANK", "5"),
            ("SLURM_STEP_NUM_TASKS", "1"),
            ("SLURM_PROCID", "0"),
        ];
        assert_eq!(launch(&both), Launch { rank: 5, size: 8 });
        assert_eq!(launch(&[("PMI_SIZE", "many"), ("PMI_RANK", "0")]), Launch { rank: 0, size: 1 });
    }
}
