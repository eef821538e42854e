OPENQASM 3.0;
// qnewton 0.1.0: block encoding of tridiagonal-4
// encoding structured, alpha 1
// A = alpha * block of `system` where all other registers start and end in 0
include "stdgates.inc";
gate prepare_terms term, direction {
  u3(1.5707963267948966, 0.0, 0.0) term;
  u3(1.5707963267948966, 0.0, 0.0) direction;
}
gate carry_on control_0, control_1, sum_0, sum_1, carry {
  u3(0.7853981633974483, 0.0, 0.0) carry;
  cx control_1, carry;
  u3(0.7853981633974483, 0.0, 0.0) carry;
  cx control_0, carry;
  u3(-0.7853981633974483, 0.0, 0.0) carry;
  cx control_1, carry;
  u3(1.5707963267948966, 0.0, 3.141592653589793) sum_1;
  cx sum_0, sum_1;
  u3(-0.7853981633974483, 0.0, 0.0) carry;
  u3(0.0, 0.0, -0.7853981633974483) sum_1;
  cx carry, sum_1;
  u3(0.0, 0.0, 0.7853981633974483) sum_1;
  cx sum_0, sum_1;
  u3(0.0, 0.0, -0.7853981633974483) sum_1;
  cx carry, sum_1;
  u3(0.0, 0.0, 0.7853981633974483) sum_0;
  cx carry, sum_0;
  u3(0.7853981633974484, 0.0, 0.7853981633974482) carry;
  cx control_1, carry;
  u3(0.7853981633974483, 0.0, 0.0) carry;
  cx control_0, carry;
  u3(-0.7853981633974483, 0.0, 0.0) carry;
  cx control_1, carry;
  u3(0.0, 0.0, -0.7853981633974483) sum_0;
  u3(1.5707963267948966, 0.0, -2.356194490192345) sum_1;
  u3(-0.7853981633974483, 0.0, 0.0) carry;
}
gate apply_terms system_0, system_1, term, direction, overflow, ancilla {
  u3(0.0, 0.0, 3.141592653589793) term;
  cx term, system_0;
  cx system_0, system_1;
  carry_on term, direction, system_1, overflow, ancilla;
  cx system_0, system_1;
}
qubit[2] system;
qubit[1] term;
qubit[1] direction;
qubit[1] overflow;
qubit[1] ancilla;
prepare_terms term[0], direction[0];
apply_terms system[0], system[1], term[0], direction[0], overflow[0], ancilla[0];
inv @ prepare_terms term[0], direction[0];
