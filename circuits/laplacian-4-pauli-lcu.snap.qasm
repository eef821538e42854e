OPENQASM 3.0;
// qnewton 0.1.0: block encoding of tridiagonal-4
// encoding pauli-lcu, alpha 1
// A = alpha * block of `system` where all other registers start and end in 0
include "stdgates.inc";
gate prepare_terms term_0, term_1 {
  u3(1.0471975511965976, 0.0, 0.0) term_1;
  u3(1.4008778720678356, 0.0, 0.0) term_0;
  cx term_1, term_0;
  u3(-0.16991845472706102, 0.0, 0.0) term_0;
  cx term_1, term_0;
}
gate select system_0, system_1, term_0, term_1, path {
  u3(0.7853981633974483, 0.0, 0.0) path;
  cx term_0, path;
  u3(3.141592653589793, 0.0, 3.141592653589793) term_1;
  u3(0.7853981633974483, 0.0, 0.0) path;
  cx term_1, path;
  u3(-0.7853981633974483, 0.0, 0.0) path;
  cx term_0, path;
  u3(0.7853981633974484, 0.0, 3.141592653589793) path;
  cx path, system_0;
  u3(0.7853981633974483, 0.0, 0.0) path;
  cx term_0, path;
  u3(0.7853981633974483, 0.0, 0.0) path;
  cx term_1, path;
  u3(-0.7853981633974483, 0.0, 0.0) path;
  cx term_0, path;
  u3(3.141592653589793, 0.0, 0.0) term_1;
  cx term_1, system_0;
  cx term_1, system_1;
  cx term_0, path;
  u3(0.7853981633974483, 0.0, 0.0) path;
  cx term_1, path;
  u3(-0.7853981633974483, 0.0, 0.0) path;
  cx term_0, path;
  u3(0.7853981633974484, 0.0, 3.141592653589793) path;
  u3(1.5707963267948966, 0.0, 3.141592653589793) system_0;
  cx path, system_0;
  u3(1.5707963267948966, 0.0, 3.141592653589793) system_1;
  cx path, system_1;
  u3(0.7853981633974483, 0.0, 0.0) path;
  cx term_0, path;
  u3(0.7853981633974483, 0.0, 0.0) path;
  cx term_1, path;
  u3(-0.7853981633974483, 0.0, 0.0) path;
  cx term_0, path;
  u3(1.5707963267948966, 0.0, 3.141592653589793) system_0;
  u3(1.5707963267948966, 0.0, 3.141592653589793) system_1;
  u3(-0.7853981633974483, 0.0, 0.0) path;
}
qubit[2] system;
qubit[2] term;
qubit[1] ancilla;
prepare_terms term[0], term[1];
select system[0], system[1], term[0], term[1], ancilla[0];
inv @ prepare_terms term[0], term[1];
gphase(3.141592653589793);
