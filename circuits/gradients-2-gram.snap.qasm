OPENQASM 3.0;
// qnewton 0.1.0: linear system gradients
// encoding bitble, alpha 1.7320508075688772, epsilon 0.1
// x = scale * unnormalised amplitudes of `system` where all other registers read 0; scale 3.8054786724484164
include "stdgates.inc";
gate block_encoding system, index {
  u3(2.356194490192345, 0.0, 0.0) index;
  cx system, index;
  u3(-2.356194490192345, 0.0, 0.0) index;
  cx system, index;
  u3(-1.9106332362490186, 0.0, 0.0) system;
  cx index, system;
  cx system, index;
}
gate prepare_rhs system {
  u3(2.214297435588181, 0.0, 0.0) system;
}
gate phase_between_queries(p00) system, index, signal {
  u3(3.141592653589793, 0.0, 3.141592653589793) index;
  cx index, signal;
  u3(0.0, 0.0, 2.0*p00) signal;
  cx index, signal;
  u3(3.141592653589793, 0.0, 3.141592653589793) index;
}
gate query_and_back(p00) system, index, signal {
  block_encoding system, index;
  phase_between_queries(p00) system, index, signal;
  inv @ block_encoding system, index;
}
gate round_and_phase(p00, p01) system, index, signal {
  query_and_back(p00) system, index, signal;
  phase_between_queries(p01) system, index, signal;
}
gate transform_singular_values system, index, signal {
  u3(1.5707963267948966, 3.023345302029096, 0.0) signal;
  round_and_phase(-1.8361699815339616, -0.8493295033619466) system, index, signal;
  query_and_back(-1.8361699815339616) system, index, signal;
  u3(1.5707963267948966, 3.141592653589793, -0.11824735156069735) signal;
}
qubit[1] system;
qubit[1] index;
qubit[1] signal;
prepare_rhs system[0];
transform_singular_values system[0], index[0], signal[0];
gphase(1.498324164400774);
