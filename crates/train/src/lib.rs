//! Data sets, dense networks, exact layer Hessians, optimizers, and Newton training through the scheduler.
