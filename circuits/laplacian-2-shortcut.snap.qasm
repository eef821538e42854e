OPENQASM 3.0;
// qnewton 0.1.0: linear system tridiagonal-2
// encoding pauli-lcu, alpha 0.75, epsilon 0.1
// the direction of x, up to a sign, is in the amplitudes of `system` where all other registers read 0; its norm takes one further query of the matrix
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
gate block_on_levels system, term, level {
  block_encoding_controlled_0 system, term, level;
  u3(1.2309594173407747, 0.0, 0.0) term;
  cx level, term;
  u3(-1.2309594173407747, 0.0, 0.0) term;
  cx level, term;
}
gate prepare_on_levels system, term, level {
  prepare_rhs system;
  u3(1.5707963267948966, 0.0, 0.0) level;
}
gate opposite_phase(p00) system, term, level, signal {
  u3(3.141592653589793, 0.0, 3.141592653589793) level;
  u3(1.5707963267948966, 0.7853981633974483, 3.141592653589793) signal;
  cx level, signal;
  u3(3.141592653589793, 0.0, 3.141592653589793) system;
  u3(1.5707963267948966, 0.0, 2.356194490192345) signal;
  cx system, signal;
  u3(3.141592653589793, 0.0, 3.141592653589793) term;
  u3(0.0, 0.0, 0.7853981633974483) signal;
  cx term, signal;
  u3(0.0, 0.0, -0.7853981633974483) signal;
  cx system, signal;
  u3(0.0, 0.0, 0.7853981633974483) signal;
  cx term, signal;
  u3(1.5707963267948966, 0.7853981633974483, 2.356194490192345) signal;
  cx level, signal;
  u3(1.5707963267948966, 0.0, 2.356194490192345) signal;
  u3(0.0, 0.0, -2.0*p00) signal;
  u3(1.5707963267948966, 0.7853981633974483, 3.141592653589793) signal;
  cx level, signal;
  u3(1.5707963267948966, 0.7853981633974483, 2.356194490192345) signal;
  cx term, signal;
  u3(0.0, 0.0, -0.7853981633974483) signal;
  cx system, signal;
  u3(0.0, 0.0, 0.7853981633974483) signal;
  cx term, signal;
  u3(0.0, 0.0, -0.7853981633974483) signal;
  cx system, signal;
  u3(1.5707963267948966, 0.7853981633974483, 3.141592653589793) signal;
  cx level, signal;
  u3(3.141592653589793, 0.0, 3.141592653589793) system;
  u3(3.141592653589793, 0.0, 3.141592653589793) term;
  u3(3.141592653589793, 0.0, 3.141592653589793) level;
  u3(1.5707963267948966, 0.0, 2.356194490192345) signal;
}
gate image_phase(p00) system, term, level, signal {
  inv @ prepare_on_levels system, term, level;
  opposite_phase(p00) system, term, level, signal;
  prepare_on_levels system, term, level;
  u3(3.141592653589793, 0.0, 3.141592653589793) term;
  cx term, signal;
  u3(0.0, 0.0, 2.0*p00) signal;
  cx term, signal;
  u3(0.0, 0.0, 2.0*p00) signal;
  u3(3.141592653589793, 0.0, 3.141592653589793) term;
}
gate round(p00) system, term, level, signal {
  block_on_levels system, term, level;
  image_phase(p00) system, term, level, signal;
  inv @ block_on_levels system, term, level;
}
gate round_and_phase(p00, p01) system, term, level, signal {
  round(p00) system, term, level, signal;
  u3(3.141592653589793, 0.0, 3.141592653589793) term;
  cx term, signal;
  u3(0.0, 0.0, 2.0*p01) signal;
  cx term, signal;
  u3(3.141592653589793, 0.0, 3.141592653589793) term;
}
gate kernel_polynomial system, term, level, signal {
  u3(1.5707963267948966, -2.89740696442595, 0.0) signal;
  round_and_phase(-1.431135075133166, -1.7642889014209138) system, term, level, signal;
  round_and_phase(-1.3378216831548773, -1.814879132636652) system, term, level, signal;
  round_and_phase(-1.3485825300518541, -1.7465054083368778) system, term, level, signal;
  round_and_phase(-2.7604957108844905, -1.7465054083368778) system, term, level, signal;
  round_and_phase(-1.3485825300518541, -1.814879132636652) system, term, level, signal;
  round_and_phase(-1.3378216831548773, -1.7642889014209138) system, term, level, signal;
  round(-1.431135075133166) system, term, level, signal;
  u3(1.5707963267948966, 3.141592653589793, 0.24418568916384312) signal;
}
qubit[1] system;
qubit[1] term;
qubit[1] level;
qubit[1] signal;
prepare_rhs system[0];
u3(3.141592653589793, 0.0, 3.141592653589793) level[0];
kernel_polynomial system[0], term[0], level[0], signal[0];
gphase(2.5531795616505697);
