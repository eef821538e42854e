OPENQASM 3.0;
// qnewton 0.1.0: block encoding of tridiagonal-4
// encoding fable, alpha 2
// A = alpha * block of `system` where all other registers start and end in 0
include "stdgates.inc";
gate prepare_terms term_0, term_1 {
  u3(1.5707963267948966, 0.0, 0.0) term_0;
  u3(1.5707963267948966, 0.0, 0.0) term_1;
}
gate apply_terms system_0, system_1, term_0, term_1, flag {
  u3(2.7488935718910694, 0.0, 0.0) flag;
  cx system_0, flag;
  cx system_1, flag;
  u3(-0.1308996938995748, 0.0, 0.0) flag;
  cx term_0, flag;
  u3(0.1308996938995748, 0.0, 0.0) flag;
  cx system_0, flag;
  cx system_1, flag;
  u3(-1.1780972450961726, 0.0, 0.0) flag;
  cx term_1, flag;
  u3(-0.9162978572970231, 0.0, 0.0) flag;
  cx system_0, flag;
  cx system_1, flag;
  u3(-0.1308996938995748, 0.0, 0.0) flag;
  cx term_0, flag;
  u3(0.1308996938995748, 0.0, 0.0) flag;
  cx system_0, flag;
  cx system_1, flag;
  u3(-0.6544984694978735, 0.0, 0.0) flag;
  cx term_1, flag;
  cx term_0, system_0;
  cx term_1, system_1;
  u3(0.0, 0.0, 3.141592653589793) flag;
}
qubit[2] system;
qubit[2] term;
qubit[1] flag;
prepare_terms term[0], term[1];
apply_terms system[0], system[1], term[0], term[1], flag[0];
inv @ prepare_terms term[0], term[1];
