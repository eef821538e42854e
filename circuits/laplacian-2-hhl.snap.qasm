OPENQASM 3.0;
// qnewton 0.1.0: linear system tridiagonal-2
// encoding pauli-lcu, alpha 0.75, epsilon 0.1
// x = scale * unnormalised amplitudes of `system` where all other registers read 0; scale 6.690632450607264
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
gate walk_powers system, term, clock_0, clock_1, clock_2 {
  block_encoding system, term;
  u3(3.141592653589793, 0.0, 3.141592653589793) term;
  u3(1.5707963267948966, 0.0, 0.0) clock_0;
  cx term, clock_0;
  u3(3.141592653589793, 0.0, 3.141592653589793) term;
  block_encoding system, term;
  reflect_and_query system, term;
  u3(3.141592653589793, 0.0, 3.141592653589793) term;
  u3(1.5707963267948966, 0.0, 0.0) clock_1;
  cx term, clock_1;
  u3(3.141592653589793, 0.0, 3.141592653589793) term;
  block_encoding system, term;
  reflect_and_query system, term;
  reflect_and_query system, term;
  reflect_and_query system, term;
  u3(1.5707963267948966, 0.0, 3.141592653589793) clock_1;
  cx clock_2, clock_1;
  u3(3.141592653589793, 0.0, 3.141592653589793) clock_1;
  u3(1.5707963267948966, 0.0, 3.141592653589793) clock_0;
  cx clock_1, clock_0;
  u3(3.141592653589793, 0.0, 3.141592653589793) clock_0;
}
gate inverse_fourier_transform clock_0, clock_1, clock_2, clock_3 {
  u3(1.5707963267948966, -0.19634954084936207, 3.141592653589793) clock_3;
  cx clock_0, clock_3;
  u3(0.0, 0.0, 0.19634954084936207) clock_3;
  cx clock_0, clock_3;
  u3(0.0, 0.0, -0.39269908169872414) clock_3;
  cx clock_1, clock_3;
  u3(0.0, 0.0, 0.39269908169872414) clock_3;
  cx clock_1, clock_3;
  u3(0.0, 0.0, -0.7853981633974483) clock_3;
  cx clock_2, clock_3;
  u3(0.0, 0.0, 0.7853981633974483) clock_3;
  cx clock_2, clock_3;
  u3(0.0, 0.0, -0.19634954084936207) clock_0;
  u3(1.5707963267948966, -0.3926990816987242, 2.356194490192345) clock_2;
  cx clock_0, clock_2;
  u3(0.0, 0.0, 0.39269908169872414) clock_2;
  cx clock_0, clock_2;
  u3(0.0, 0.0, -0.39269908169872414) clock_1;
  u3(0.0, 0.0, -0.7853981633974483) clock_2;
  cx clock_1, clock_2;
  u3(0.0, 0.0, 0.7853981633974483) clock_2;
  cx clock_1, clock_2;
  u3(0.0, 0.0, -0.39269908169872414) clock_0;
  u3(1.5707963267948966, -0.7853981633974483, 2.356194490192345) clock_1;
  cx clock_0, clock_1;
  u3(0.0, 0.0, 0.7853981633974483) clock_1;
  cx clock_0, clock_1;
  u3(1.5707963267948966, 0.0, 2.356194490192345) clock_0;
}
gate rotate_inverse clock_0, clock_1, clock_2, clock_3, inverse {
  u3(0.0, 0.0, -0.19634954084936207) clock_3;
  u3(3.0991085092890365, 0.0, 0.0) inverse;
  cx clock_3, inverse;
  u3(0.0, 0.0, -0.39269908169872414) clock_2;
  u3(-0.04248413784836469, 0.0, 0.0) inverse;
  cx clock_2, inverse;
  u3(-0.35077718976391203, 0.0, 0.0) inverse;
  cx clock_3, inverse;
  u3(0.0, 0.0, -0.7853981633974483) clock_1;
  u3(0.2658089076147907, 0.0, 0.0) inverse;
  cx clock_1, inverse;
  u3(-0.28598066058660576, 0.0, 0.0) inverse;
  cx clock_3, inverse;
  u3(-0.2859806541342138, 0.0, 0.0) inverse;
  cx clock_2, inverse;
  u3(-0.14191291402205897, 0.0, 0.0) inverse;
  cx clock_3, inverse;
  u3(0.0, 0.0, -1.5707963267948966) clock_0;
  u3(0.5439376644446359, 0.0, 0.0) inverse;
  cx clock_0, inverse;
  u3(0.053447126233072045, 0.0, 0.0) inverse;
  cx clock_3, inverse;
  u3(0.05344711978068015, 0.0, 0.0) inverse;
  cx clock_2, inverse;
  u3(0.28845735038369535, 0.0, 0.0) inverse;
  cx clock_3, inverse;
  u3(-0.1815631043699432, 0.0, 0.0) inverse;
  cx clock_1, inverse;
  u3(0.24437427527619976, 0.0, 0.0) inverse;
  cx clock_3, inverse;
  u3(0.24437426882380747, 0.0, 0.0) inverse;
  cx clock_2, inverse;
  u3(0.16336266622859597, 0.0, 0.0) inverse;
  cx clock_3, inverse;
  u3(-1.2057728309525926, 0.0, 0.0) inverse;
  cx clock_0, inverse;
}
qubit[1] system;
qubit[1] term;
qubit[4] clock;
qubit[1] inverse;
prepare_rhs system[0];
u3(1.5707963267948966, 0.0, 3.141592653589793) clock[0];
u3(1.5707963267948966, 0.0, 3.141592653589793) clock[1];
u3(1.5707963267948966, 0.0, 3.141592653589793) clock[2];
walk_powers system[0], term[0], clock[0], clock[1], clock[2];
u3(3.141592653589793, 0.0, 3.141592653589793) term[0];
u3(1.5707963267948966, 0.0, 0.0) clock[2];
cx term[0], clock[2];
u3(3.141592653589793, 0.0, 3.141592653589793) term[0];
block_encoding system[0], term[0];
u3(1.5707963267948966, 0.0, 3.141592653589793) clock[2];
inverse_fourier_transform clock[0], clock[1], clock[2], clock[3];
rotate_inverse clock[0], clock[1], clock[2], clock[3], inverse[0];
inv @ inverse_fourier_transform clock[0], clock[1], clock[2], clock[3];
u3(3.141592653589793, 0.0, 3.141592653589793) term[0];
u3(1.5707963267948966, -3.141592653589793, 0.0) clock[2];
cx term[0], clock[2];
u3(3.141592653589793, 0.0, 3.141592653589793) term[0];
u3(1.5707963267948966, 0.0, 0.0) clock[2];
inv @ walk_powers system[0], term[0], clock[0], clock[1], clock[2];
u3(1.5707963267948966, 0.0, 3.141592653589793) clock[0];
u3(1.5707963267948966, 0.0, 3.141592653589793) clock[1];
u3(1.5707963267948966, 0.0, 3.141592653589793) clock[2];
gphase(3.141592653589793);
