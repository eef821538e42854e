//! Scheduled systems as jobs.

use super::Job;
use crate::component::Component;
use crate::device::DeviceProfile;
use crate::quantum_cost::CostOptions;
use crate::schedule::ScheduledSystem;

impl Job {
    /// The job of a system that was scheduled for this device with these options, released at once.
    ///
    /// The predicted quantum time contains the round trip to the device (unless overhead is free), which is the data
    /// movement of the job: it is taken apart, not added again. A classical worker has the data at hand.
    pub fn of_system(system: &ScheduledSystem, device: &DeviceProfile, options: &CostOptions) -> Self {
        let predicted = &system.decision.predicted_seconds;
        let link = if options.free.contains(Component::Overhead) { 0.0 } else { device.link_latency };
        Job {
            release: 0.0,
            classical: predicted.classical,
            quantum: (predicted.quantum - link).max(0.0),
            classical_movement: 0.0,
            quantum_movement: link,
        }
    }
}
