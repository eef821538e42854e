OPENQASM 3.0;
// qnewton 0.1.0: linear system tridiagonal-2
// encoding pauli-lcu, alpha 0.25, epsilon 0.1
// x = scale * unnormalised amplitudes of `system` where all other registers read 0; scale 5.550288706330843
include "stdgates.inc";
gate prepare_rhs system {
  u3(1.5707963267948966, 0.0, 0.0) system;
}
gate block_encoding_controlled_0 system, control {
  u3(3.141592653589793, 0.0, 3.141592653589793) control;
  cx control, system;
  u3(3.141592653589793, 0.0, 0.0) control;
}
gate walk_and_turn(p00) system, signal {
  block_encoding_controlled_0 system, signal;
  u3(0.0, 0.0, -3.141592653589793) signal;
  u3(p00, 0.0, 0.0) signal;
}
qubit[1] system;
qubit[1] signal;
prepare_rhs system[0];
u3(2.8975962672221827, 0.0, 0.0) signal[0];
walk_and_turn(-1.009899646522293) system[0], signal[0];
walk_and_turn(-1.4870269360536508) system[0], signal[0];
