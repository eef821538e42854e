OPENQASM 3.0;
// qnewton 0.1.0: linear system tridiagonal-2
// encoding pauli-lcu, alpha 0.75, epsilon 0.1
// the direction of x, up to a sign, is in the amplitudes of `system` where all other registers read 0; its norm takes one further query of the matrix
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
gate prepare_in_frame system, term {
  prepare_rhs system;
}
gate signs_of_zero system, term, interpolation, borrowed {
  u3(3.141592653589793, 0.0, 3.141592653589793) term;
  u3(3.141592653589793, 0.0, 3.141592653589793) interpolation;
  cx term, interpolation;
  u3(3.141592653589793, 0.0, 3.141592653589793) system;
  u3(0.0, 0.0, -0.7853981633974483) interpolation;
  cx system, interpolation;
  u3(0.0, 0.0, 0.7853981633974483) interpolation;
  cx term, interpolation;
  u3(0.0, 0.0, -0.7853981633974483) interpolation;
  cx system, interpolation;
  u3(0.0, 0.0, 0.7853981633974483) term;
  cx system, term;
  u3(0.0, 0.0, 0.7853981633974483) system;
  u3(0.0, 0.0, -0.7853981633974483) term;
  cx system, term;
  u3(3.141592653589793, 0.0, 3.141592653589793) system;
  u3(3.141592653589793, 0.0, 3.141592653589793) term;
  u3(3.141592653589793, 0.0, -2.356194490192345) interpolation;
}
gate reflect_about_image system, term, interpolation, ancilla {
  inv @ prepare_in_frame system, term;
  signs_of_zero system, term, interpolation, ancilla;
  prepare_in_frame system, term;
  u3(3.141592653589793, 0.0, 3.141592653589793) term;
  u3(1.5707963267948966, 3.141592653589793, 3.141592653589793) interpolation;
  cx term, interpolation;
  u3(3.141592653589793, 0.0, 3.141592653589793) term;
  u3(1.5707963267948966, 0.0, 0.0) interpolation;
}
gate interpolate(p00) interpolation {
  u3(p00, 0.0, 0.0) interpolation;
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
gate select_2 system, term, interpolation {
  block_encoding_controlled_1 system, term, interpolation;
}
gate interpolated_block(p00) system, term, interpolation {
  interpolate(p00) interpolation;
  select_2 system, term, interpolation;
  inv @ interpolate(p00) interpolation;
}
gate adiabatic_step(p00) system, term, interpolation, ancilla {
  interpolated_block(p00) system, term, interpolation;
  reflect_about_image system, term, interpolation, ancilla;
  inv @ interpolated_block(p00) system, term, interpolation;
  u3(3.141592653589793, 0.0, 3.141592653589793) term;
  u3(1.5707963267948966, 3.141592653589793, 3.141592653589793) interpolation;
  cx term, interpolation;
  u3(3.141592653589793, 0.0, 3.141592653589793) term;
  u3(1.5707963267948966, 0.0, 0.0) interpolation;
}
gate block system, term {
  block_encoding system, term;
}
gate opposite_phase(p00) system, term, signal {
  u3(3.141592653589793, 0.0, 3.141592653589793) term;
  u3(0.7853981633974483, 0.0, 0.0) signal;
  cx term, signal;
  u3(3.141592653589793, 0.0, 3.141592653589793) system;
  u3(0.7853981633974483, 0.0, 0.0) signal;
  cx system, signal;
  u3(-0.7853981633974483, 0.0, 0.0) signal;
  cx term, signal;
  u3(-0.7853981633974483, 0.0, 0.0) signal;
  u3(0.0, 0.0, -2.0*p00) signal;
  u3(0.7853981633974483, 0.0, 0.0) signal;
  cx term, signal;
  u3(0.7853981633974483, 0.0, 0.0) signal;
  cx system, signal;
  u3(-0.7853981633974483, 0.0, 0.0) signal;
  cx term, signal;
  u3(3.141592653589793, 0.0, 3.141592653589793) system;
  u3(3.141592653589793, 0.0, 3.141592653589793) term;
  u3(-0.7853981633974483, 0.0, 0.0) signal;
}
gate image_phase(p00) system, term, signal {
  inv @ prepare_in_frame system, term;
  opposite_phase(p00) system, term, signal;
  prepare_in_frame system, term;
  u3(3.141592653589793, 0.0, 3.141592653589793) term;
  cx term, signal;
  u3(0.0, 0.0, 2.0*p00) signal;
  cx term, signal;
  u3(0.0, 0.0, 2.0*p00) signal;
  u3(3.141592653589793, 0.0, 3.141592653589793) term;
}
gate round(p00) system, term, signal {
  block system, term;
  image_phase(p00) system, term, signal;
  inv @ block system, term;
}
gate round_and_phase(p00, p01) system, term, signal {
  round(p00) system, term, signal;
  u3(3.141592653589793, 0.0, 3.141592653589793) term;
  cx term, signal;
  u3(0.0, 0.0, 2.0*p01) signal;
  cx term, signal;
  u3(3.141592653589793, 0.0, 3.141592653589793) term;
}
gate kernel_polynomial system, term, signal {
  u3(1.5707963267948966, -3.1025432930360495, 0.0) signal;
  round_and_phase(-1.5367184271887293, -1.6293092160091163) system, term, signal;
  round_and_phase(-1.4823132359076925, -1.6917406335983791) system, term, signal;
  round_and_phase(-1.419806035943447, -1.7433897418959496) system, term, signal;
  round_and_phase(-1.3902948590924495, -1.7433897418959496) system, term, signal;
  round_and_phase(-1.419806035943447, -1.6917406335983791) system, term, signal;
  round_and_phase(-1.4823132359076925, -1.6293092160091163) system, term, signal;
  round(-1.5367184271887293) system, term, signal;
  u3(1.5707963267948966, 3.141592653589793, 0.039049360553743515) signal;
}
qubit[1] system;
qubit[1] term;
qubit[1] interpolation;
qubit[1] signal;
qubit[1] walk_failed;
qubit[1] ancilla;
prepare_in_frame system[0], term[0];
adiabatic_step(1.0261970908062865) system[0], term[0], interpolation[0], ancilla[0];
adiabatic_step(1.724564475500585) system[0], term[0], interpolation[0], ancilla[0];
adiabatic_step(2.199177312885) system[0], term[0], interpolation[0], ancilla[0];
adiabatic_step(2.6580054739100434) system[0], term[0], interpolation[0], ancilla[0];
u3(3.141592653589793, 0.0, 3.141592653589793) term[0];
u3(3.141592653589793, 0.0, 3.141592653589793) walk_failed[0];
cx term[0], walk_failed[0];
u3(3.141592653589793, 0.0, 3.141592653589793) term[0];
kernel_polynomial system[0], term[0], signal[0];
gphase(1.5082441580865726);
