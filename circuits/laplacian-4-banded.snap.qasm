OPENQASM 3.0;
// qnewton 0.1.0: block encoding of tridiagonal-4
// encoding banded, alpha 1
// A = alpha * block of `system` where all other registers start and end in 0
include "stdgates.inc";
gate prepare_terms term, direction {
  u3(1.5707963267948966, 0.0, 0.0) term;
  u3(1.5707963267948966, 0.0, 0.0) direction;
}
gate add_distance control, sum_0, sum_1 {
  u3(1.5707963267948966, 0.0, 3.141592653589793) sum_1;
  cx sum_0, sum_1;
  u3(0.0, 0.0, -0.7853981633974483) sum_1;
  cx control, sum_1;
  u3(0.0, 0.0, 0.7853981633974483) sum_1;
  cx sum_0, sum_1;
  u3(0.0, 0.0, -0.7853981633974483) sum_1;
  cx control, sum_1;
  u3(0.0, 0.0, 0.7853981633974483) sum_0;
  cx control, sum_0;
  u3(0.0, 0.0, 0.7853981633974483) control;
  u3(0.0, 0.0, -0.7853981633974483) sum_0;
  u3(1.5707963267948966, 0.0, -2.356194490192345) sum_1;
}
gate apply_terms system_0, system_1, term, direction, flag, masked {
  u3(0.7853981633974483, 0.0, 0.0) masked;
  cx direction, masked;
  u3(0.7853981633974483, 0.0, 0.0) masked;
  cx term, masked;
  u3(-0.7853981633974483, 0.0, 0.0) masked;
  cx direction, masked;
  u3(-0.7853981633974483, 0.0, 0.0) masked;
  inv @ add_distance masked, system_0, system_1;
  u3(2.748893571891069, 0.0, 0.0) flag;
  cx system_0, flag;
  u3(0.39269908169872414, 0.0, 0.0) flag;
  cx system_1, flag;
  u3(-0.39269908169872414, 0.0, 0.0) flag;
  cx system_0, flag;
  u3(0.39269908169872414, 0.0, 0.0) flag;
  cx term, flag;
  u3(-0.39269908169872414, 0.0, 0.0) flag;
  cx system_0, flag;
  u3(0.39269908169872414, 0.0, 0.0) flag;
  cx system_1, flag;
  u3(-0.39269908169872414, 0.0, 0.0) flag;
  cx system_0, flag;
  u3(-2.748893571891069, 0.0, 0.0) flag;
  cx term, flag;
  cx term, masked;
  add_distance masked, system_0, system_1;
  u3(3.141592653589793, 0.0, 3.141592653589793) direction;
  u3(0.7853981633974483, 0.0, 0.0) masked;
  cx direction, masked;
  u3(0.7853981633974483, 0.0, 0.0) masked;
  cx term, masked;
  u3(-0.7853981633974483, 0.0, 0.0) masked;
  cx direction, masked;
  u3(0.0, 0.0, 3.141592653589793) flag;
  u3(-0.7853981633974483, 0.0, 0.0) masked;
}
qubit[2] system;
qubit[1] term;
qubit[1] direction;
qubit[1] flag;
qubit[1] ancilla;
prepare_terms term[0], direction[0];
apply_terms system[0], system[1], term[0], direction[0], flag[0], ancilla[0];
inv @ prepare_terms term[0], direction[0];
