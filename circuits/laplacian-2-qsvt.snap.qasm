OPENQASM 3.0;
// qnewton 0.1.0: linear system tridiagonal-2
// encoding pauli-lcu, alpha 0.75, epsilon 0.1
// x = scale * unnormalised amplitudes of `system` where all other registers read 0; scale 5.4457325504893905
include "stdgates.inc";
gate prepare_terms term {
  u3(1.2309594173407747, 0.0, 0.0) term;
}
gate select system, term {
  u3(0.0, 0.0, -3.141592653589793) term;
  cx term, system;
}
gate block_encoding system, term {
  prepare_terms term;
  select system, term;
  inv @ prepare_terms term;
}
gate prepare_rhs system {
  u3(1.5707963267948966, 0.0, 0.0) system;
}
gate projector_phase(p00) system, term, signal {
  u3(3.141592653589793, 0.0, 3.141592653589793) term;
  cx term, signal;
  u3(0.0, 0.0, 2.0*p00) signal;
  cx term, signal;
  u3(3.141592653589793, 0.0, 3.141592653589793) term;
}
gate query_and_phase(p00) system, term, signal {
  block_encoding system, term;
  projector_phase(p00) system, term, signal;
}
qubit[1] system;
qubit[1] term;
qubit[1] signal;
prepare_rhs system[0];
u3(1.5707963267948966, -0.10523037851219819, 0.0) signal[0];
query_and_phase(-1.6982553228568253) system[0], term[0], signal[0];
query_and_phase(-1.3451675213179932) system[0], term[0], signal[0];
query_and_phase(-1.8880280477747313) system[0], term[0], signal[0];
query_and_phase(-1.215987707819147) system[0], term[0], signal[0];
query_and_phase(-1.215987707819147) system[0], term[0], signal[0];
query_and_phase(-1.8880280477747313) system[0], term[0], signal[0];
query_and_phase(-1.3451675213179932) system[0], term[0], signal[0];
query_and_phase(-1.6982553228568253) system[0], term[0], signal[0];
block_encoding system[0], term[0];
u3(1.5707963267948966, 3.141592653589793, -0.10523037851219832) signal[0];
gphase(-1.7370593631044766);
