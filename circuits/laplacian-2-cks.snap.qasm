OPENQASM 3.0;
// qnewton 0.1.0: linear system tridiagonal-2
// encoding pauli-lcu, alpha 0.75, epsilon 0.1
// x = scale * unnormalised amplitudes of `system` where all other registers read 0; scale 8.52602624669188
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
gate reflect_and_query system, term {
  u3(0.0, 0.0, -3.141592653589793) term;
  block_encoding system, term;
}
gate prepare_powers system_0, system_1, system_2 {
  u3(0.4499640997687504, 0.0, 0.0) system_2;
  u3(2.5598096454274026, 0.0, 0.0) system_1;
  cx system_2, system_1;
  u3(-0.5817830081623906, 0.0, 0.0) system_1;
  cx system_2, system_1;
  u3(2.3828972053498667, 0.0, 0.0) system_0;
  cx system_1, system_0;
  u3(-1.462014154009779, 0.0, 0.0) system_0;
  cx system_2, system_0;
  u3(-1.462014154009779, 0.0, 0.0) system_0;
  cx system_1, system_0;
  u3(-0.7586954482399264, 0.0, 0.0) system_0;
  cx system_2, system_0;
}
gate prepare_power_moduli system_0, system_1, system_2 {
  u3(0.4499640997687504, 0.0, 0.0) system_2;
  u3(2.5598096454274026, 0.0, 0.0) system_1;
  cx system_2, system_1;
  u3(-0.5817830081623906, 0.0, 0.0) system_1;
  cx system_2, system_1;
  u3(2.329491775034823, 0.0, 0.0) system_0;
  cx system_1, system_0;
  u3(-0.10878217278511748, 0.0, 0.0) system_0;
  cx system_2, system_0;
  u3(-0.10878217278511731, 0.0, 0.0) system_0;
  cx system_1, system_0;
  u3(-0.8121008785549702, 0.0, 0.0) system_0;
  cx system_2, system_0;
}
qubit[1] system;
qubit[1] term;
qubit[3] power;
prepare_rhs system[0];
prepare_powers power[0], power[1], power[2];
block_encoding system[0], term[0];
u3(3.141592653589793, 0.0, 3.141592653589793) term[0];
u3(1.5707963267948966, 0.0, 0.0) power[0];
cx term[0], power[0];
u3(3.141592653589793, 0.0, 3.141592653589793) term[0];
block_encoding system[0], term[0];
reflect_and_query system[0], term[0];
u3(3.141592653589793, 0.0, 3.141592653589793) term[0];
u3(1.5707963267948966, 0.0, 0.0) power[1];
cx term[0], power[1];
u3(3.141592653589793, 0.0, 3.141592653589793) term[0];
block_encoding system[0], term[0];
u3(3.141592653589793, 0.0, 3.141592653589793) term[0];
u3(1.5707963267948966, 0.0, 0.0) power[2];
cx term[0], power[2];
u3(3.141592653589793, 0.0, 3.141592653589793) term[0];
block_encoding system[0], term[0];
reflect_and_query system[0], term[0];
reflect_and_query system[0], term[0];
reflect_and_query system[0], term[0];
reflect_and_query system[0], term[0];
u3(1.5707963267948966, 0.0, 3.141592653589793) power[0];
u3(1.5707963267948966, 0.0, 3.141592653589793) power[1];
u3(1.5707963267948966, 0.0, 3.141592653589793) power[2];
inv @ prepare_power_moduli power[0], power[1], power[2];
