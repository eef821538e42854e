//! One linear system through everything: compile, emit, execute, recover the solution, report.
