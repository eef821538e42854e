OPENQASM 3.0;
// qnewton 0.1.0: linear system tridiagonal-2
// encoding pauli-lcu, alpha 0.75, epsilon 0.1
// x = scale * unnormalised amplitudes of `system` where all other registers read 0; scale 9.649273429625078
include "stdgates.inc";
gate prepare_rhs system {
  u3(1.5707963267948966, 0.0, 0.0) system;
}
gate prepare_terms term {
  u3(1.2309594173407747, 0.0, 0.0) term;
}
gate select_controlled_0 system, term, control {
  u3(3.141592653589793, 0.0, 3.141592653589793) control;
  u3(0.0, 0.0, -1.5707963267948966) term;
  cx control, term;
  u3(0.0, 0.0, 1.5707963267948966) term;
  cx control, term;
  u3(1.5707963267948966, 0.0, 3.141592653589793) system;
  cx term, system;
  u3(0.0, 0.0, -1.5707963267948966) control;
  u3(0.0, 0.0, -0.7853981633974483) system;
  cx control, system;
  u3(0.0, 0.0, 0.7853981633974483) system;
  cx term, system;
  u3(0.0, 0.0, -0.7853981633974483) system;
  cx control, system;
  u3(0.0, 0.0, 0.7853981633974483) term;
  cx control, term;
  u3(0.0, 0.0, 0.7853981633974483) control;
  u3(0.0, 0.0, -0.7853981633974483) term;
  cx control, term;
  u3(1.5707963267948966, 0.0, -2.356194490192345) system;
  u3(3.141592653589793, 0.0, 3.141592653589793) control;
}
gate block_encoding_controlled_0 system, term, control {
  prepare_terms term;
  select_controlled_0 system, term, control;
  inv @ prepare_terms term;
}
gate select_controlled_1 system, term, control {
  u3(0.0, 0.0, -1.5707963267948966) term;
  cx control, term;
  u3(0.0, 0.0, 1.5707963267948966) term;
  cx control, term;
  u3(1.5707963267948966, 0.0, 3.141592653589793) system;
  cx term, system;
  u3(0.0, 0.0, -1.5707963267948966) control;
  u3(0.0, 0.0, -0.7853981633974483) system;
  cx control, system;
  u3(0.0, 0.0, 0.7853981633974483) system;
  cx term, system;
  u3(0.0, 0.0, -0.7853981633974483) system;
  cx control, system;
  u3(0.0, 0.0, 0.7853981633974483) term;
  cx control, term;
  u3(0.0, 0.0, 0.7853981633974483) control;
  u3(0.0, 0.0, -0.7853981633974483) term;
  cx control, term;
  u3(1.5707963267948966, 0.0, -2.356194490192345) system;
}
gate block_encoding_controlled_1 system, term, control {
  prepare_terms term;
  select_controlled_1 system, term, control;
  inv @ prepare_terms term;
}
gate evolution_step(p00, p01) system, term, signal, time_direction {
  block_encoding_controlled_0 system, term, signal;
  u3(3.141592653589793, 0.0, 3.141592653589793) term;
  u3(1.5707963267948966, 3.141592653589793, 3.141592653589793) signal;
  cx term, signal;
  u3(1.5707963267948966, 1.5707963267948966, 1.5707963267948966) signal;
  cx time_direction, signal;
  u3(1.5707963267948966, 0.0, 3.141592653589793) signal;
  u3(p00, 0.0, 0.0) signal;
  u3(1.5707963267948966, 0.0, 3.141592653589793) signal;
  cx term, signal;
  u3(3.141592653589793, 0.0, 3.141592653589793) term;
  u3(1.5707963267948966, 0.0, 3.141592653589793) signal;
  inv @ block_encoding_controlled_1 system, term, signal;
  u3(1.5707963267948966, 0.0, 1.5707963267948968) signal;
  cx time_direction, signal;
  u3(1.5707963267948966, 0.0, 3.141592653589793) signal;
  u3(p01, 0.0, 0.0) signal;
}
gate evolution system, term, signal, time_direction {
  u3(3.1415926535897913, 0.0, 0.0) signal;
  evolution_step(-0.008049264078944428, -0.11136006924034708) system, term, signal, time_direction;
  evolution_step(-1.101700572741162, -2.6090405263275516) system, term, signal, time_direction;
  evolution_step(-1.3472581913808193, 2.324498970070565) system, term, signal, time_direction;
  evolution_step(1.3472581913808195, -2.6090405263275507) system, term, signal, time_direction;
  evolution_step(1.1017005727411606, -0.11136006924034875) system, term, signal, time_direction;
  evolution_step(0.00804926407894377, 0.0) system, term, signal, time_direction;
}
gate evolution_2 system, term, signal, time_direction {
  u3(3.1415926535897967, 0.0, 0.0) signal;
  evolution_step(-0.003088114925647809, -0.029785835301495638) system, term, signal, time_direction;
  evolution_step(-0.2442355777793344, -1.3807648608061067) system, term, signal, time_direction;
  evolution_step(-2.4095758325808494, -1.0338983119989362) system, term, signal, time_direction;
  evolution_step(1.9103776292397279, 1.7717751395662251) system, term, signal, time_direction;
  evolution_step(-1.9103776292396473, -1.0338983119991387) system, term, signal, time_direction;
  evolution_step(2.409575832580791, -1.3807648608059069) system, term, signal, time_direction;
  evolution_step(0.24423557777929542, -0.029785835301498673) system, term, signal, time_direction;
  evolution_step(0.0030881149256490313, -0.0) system, term, signal, time_direction;
}
gate evolution_3 system, term, signal, time_direction {
  u3(3.140141370331278, 0.0, 0.0) signal;
  evolution_step(-0.009900370676838618, -0.06049785698646161) system, term, signal, time_direction;
  evolution_step(-0.3236345798239593, -1.2790864188411868) system, term, signal, time_direction;
  evolution_step(-2.143671598080332, -1.2444220392964276) system, term, signal, time_direction;
  evolution_step(0.9551091743266079, 2.0066746848096155) system, term, signal, time_direction;
  evolution_step(0.22491934480748474, -1.9602385669050693) system, term, signal, time_direction;
  evolution_step(-0.2249193448074367, 2.0066746848096226) system, term, signal, time_direction;
  evolution_step(-0.9551091743267419, -1.2444220392962893) system, term, signal, time_direction;
  evolution_step(2.1436715980803838, -1.2790864188413344) system, term, signal, time_direction;
  evolution_step(0.32363457982400334, -0.060497856986476625) system, term, signal, time_direction;
  evolution_step(0.009900370676841045, -0.0014512832585187663) system, term, signal, time_direction;
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
  u3(3.1415926554524383, 0.0, 0.0) inverse;
  cx clock_3, inverse;
  u3(-1.862645149230957e-9, 0.0, 0.0) inverse;
  cx clock_2, inverse;
  u3(0.3383050451772085, 0.0, 0.0) inverse;
  cx clock_3, inverse;
  u3(-0.3383050451772087, 0.0, 0.0) inverse;
  cx clock_1, inverse;
  u3(0.03547610138569976, 0.0, 0.0) inverse;
  cx clock_3, inverse;
  u3(0.03547609766040952, 0.0, 0.0) inverse;
  cx clock_2, inverse;
  u3(0.3822925816418944, 0.0, 0.0) inverse;
  cx clock_3, inverse;
  u3(-0.45324478068800367, 0.0, 0.0) inverse;
  cx clock_0, inverse;
  u3(0.036850373217173854, 0.0, 0.0) inverse;
  cx clock_3, inverse;
  u3(0.0368503694918835, 0.0, 0.0) inverse;
  cx clock_2, inverse;
  u3(0.32362495099188776, 0.0, 0.0) inverse;
  cx clock_3, inverse;
  u3(-0.2499242082828304, 0.0, 0.0) inverse;
  cx clock_1, inverse;
  u3(0.04963059226842842, 0.0, 0.0) inverse;
  cx clock_3, inverse;
  u3(0.04963058854313823, 0.0, 0.0) inverse;
  cx clock_2, inverse;
  u3(0.40461668024995867, 0.0, 0.0) inverse;
  cx clock_3, inverse;
  u3(-0.65127934647964, 0.0, 0.0) inverse;
  cx clock_0, inverse;
}
gate estimate_phases system, term, clock_0, clock_1, clock_2, clock_3, inverse, signal {
  u3(1.5707963267948966, 0.0, 3.141592653589793) clock_0;
  evolution system, term, signal, clock_0;
  u3(1.5707963267948966, 0.0, 3.141592653589793) clock_1;
  evolution_2 system, term, signal, clock_1;
  u3(1.5707963267948966, 0.0, 3.141592653589793) clock_2;
  evolution_3 system, term, signal, clock_2;
  inverse_fourier_transform clock_0, clock_1, clock_2, clock_3;
}
qubit[1] system;
qubit[1] term;
qubit[4] clock;
qubit[1] inverse;
qubit[1] signal;
prepare_rhs system[0];
estimate_phases system[0], term[0], clock[0], clock[1], clock[2], clock[3], inverse[0], signal[0];
rotate_inverse clock[0], clock[1], clock[2], clock[3], inverse[0];
inv @ estimate_phases system[0], term[0], clock[0], clock[1], clock[2], clock[3], inverse[0], signal[0];
