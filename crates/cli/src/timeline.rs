//! Timelines of the systems of `qnewton schedule`: options, document and text.

use crate::failure::Failure;
use crate::gantt;
use crate::options::at_least_one;
use crate::text::{self, Facts};
use clap::Args;
use qnewton::scheduler::{
    CostOptions, DeviceProfile, Job, Machines, Schedule, Timeline, TimelineMethod, TimelineOptions,
    one_at_a_time, timeline,
};
use serde::Serialize;
use std::path::PathBuf;

/// The machines that the systems are shared out among.
#[derive(Debug, Args)]
pub(crate) struct TimelineArguments {
    /// Share the systems out among C classical workers and the quantum devices so that the last is done soonest
    #[arg(long, value_name = "C", value_parser = at_least_one)]
    workers: Option<usize>,
    /// With --workers: the number of quantum devices, in place of that of the profile
    #[arg(long, value_name = "Q", value_parser = at_least_one, requires = "workers")]
    quantum_devices: Option<usize>,
    /// With --workers: draw the timeline as SVG, or as a web page if FILE ends in .html
    #[arg(long, value_name = "FILE", requires = "workers")]
    gantt: Option<PathBuf>,
    /// With --workers: solve one system after the other, each on the faster kind of machine
    #[arg(long, requires = "workers")]
    one_at_a_time: bool,
}

/// A timeline in the document of `qnewton schedule --json`.
#[derive(Serialize)]
pub(crate) struct TimelineDocument {
    workers: usize,
    quantum_devices: usize,
    #[serde(flatten)]
    timeline: Timeline,
    one_at_a_time_makespan: f64,
}

impl TimelineArguments {
    /// The timeline of scheduled systems, drawn where that was asked for; `None` without workers.
    pub(crate) fn of(
        &self,
        schedule: &Schedule,
        device: &DeviceProfile,
        cost: &CostOptions,
    ) -> Result<Option<TimelineDocument>, Failure> {
        let Some(workers) = self.workers else { return Ok(None) };
        let quantum_devices = self.quantum_devices.unwrap_or(device.devices as usize);
        let machines = Machines { classical: workers, quantum: quantum_devices };
        let jobs: Vec<Job> =
            schedule.systems.iter().map(|system| Job::of_system(system, device, cost)).collect();
        let sequential = one_at_a_time(&jobs, machines).map_err(Failure::work)?;
        let one_at_a_time_makespan = sequential.makespan;
        let timeline = if self.one_at_a_time {
            sequential
        } else {
            timeline(&jobs, machines, &TimelineOptions::default()).map_err(Failure::work)?
        };
        if let Some(path) = &self.gantt {
            let names: Vec<&str> = schedule.systems.iter().map(|system| system.file.as_str()).collect();
            gantt::write(path, &timeline, &names)?;
        }
        Ok(Some(TimelineDocument { workers, quantum_devices, timeline, one_at_a_time_makespan }))
    }
}

impl TimelineDocument {
    /// Text for people.
    pub(crate) fn rendered(&self) -> String {
        let timeline = &self.timeline;
        let how = match timeline.method {
            TimelineMethod::Exact => "no timeline is shorter".to_string(),
            TimelineMethod::LocalSearch => "list scheduling and local search".to_string(),
            TimelineMethod::OneAtATime => "one system at a time".to_string(),
        };
        let mut facts = Facts::default();
        facts.add("  machines", format!("classical {}, quantum {}", self.workers, self.quantum_devices));
        facts.add("  makespan", format!("{} ({how})", text::seconds(timeline.makespan)));
        facts.add(
            "  lower bound",
            format!("{}, gap {:.2} %", text::seconds(timeline.lower_bound), 100.0 * timeline.gap),
        );
        facts.add("  one at a time", text::seconds(self.one_at_a_time_makespan));
        format!("\ntimeline\n{}", facts.render())
    }
}
