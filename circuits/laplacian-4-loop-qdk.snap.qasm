OPENQASM 3.0;
include "stdgates.inc";
gate prepare_rhs system_0, system_1 {
  u3(1.5707963267948966, 0.0, 0.0) system_0;
  u3(1.5707963267948966, 0.0, 0.0) system_1;
}
gate prepare_terms term {
  u3(1.5707963267948966, 0.0, 0.0) term;
}
gate apply_terms_controlled_0 system_0, system_1, term, flag, control {
  u3(2.748893571891069, 0.0, 0.0) flag;
  cx term, flag;
  u3(0.39269908169872414, 0.0, 0.0) flag;
  cx system_0, flag;
  cx system_1, flag;
  u3(0.39269908169872414, 0.0, 0.0) flag;
  cx term, flag;
  u3(3.141592653589793, 0.0, 3.141592653589793) control;
  u3(-0.39269908169872414, 0.0, 0.0) flag;
  cx control, flag;
  u3(0.39269908169872414, 0.0, 0.0) flag;
  cx term, flag;
  u3(-0.39269908169872414, 0.0, 0.0) flag;
  cx system_0, flag;
  cx system_1, flag;
  u3(-0.39269908169872414, 0.0, 0.0) flag;
  cx term, flag;
  u3(-2.748893571891069, 0.0, 0.0) flag;
  cx control, flag;
  u3(1.5707963267948966, 0.0, 3.141592653589793) flag;
  cx control, flag;
  u3(3.141592653589793, 0.0, 3.141592653589793) control;
  cx control, system_0;
  u3(1.5707963267948966, 0.7853981633974483, 3.141592653589793) system_1;
  cx term, system_1;
  u3(0.0, 0.0, -0.7853981633974483) system_1;
  cx control, system_1;
  u3(0.0, 0.0, -0.7853981633974483) system_1;
  cx term, system_1;
  u3(0.0, 0.0, 0.7853981633974483) system_1;
  cx control, system_1;
  u3(0.0, 0.0, -0.7853981633974483) control;
  cx term, control;
  u3(0.0, 0.0, 0.7853981633974483) control;
  cx term, control;
  u3(3.141592653589793, 0.0, 3.141592653589793) system_0;
  u3(1.5707963267948966, 0.0, 3.141592653589793) system_1;
  u3(0.0, 0.0, 0.7853981633974483) term;
  u3(1.5707963267948966, 0.0, 3.141592653589793) flag;
}
gate block_encoding_controlled_0 system_0, system_1, term, flag, control {
  prepare_terms term;
  apply_terms_controlled_0 system_0, system_1, term, flag, control;
  inv @ prepare_terms term;
}
gate walk_and_turn(p00) system_0, system_1, term, flag, signal {
  block_encoding_controlled_0 system_0, system_1, term, flag, signal;
  u3(3.141592653589793, 0.0, 3.141592653589793) flag;
  u3(3.141592653589793, 0.0, 3.141592653589793) signal;
  cx flag, signal;
  u3(3.141592653589793, 0.0, 3.141592653589793) term;
  u3(0.0, 0.0, -0.7853981633974483) signal;
  cx term, signal;
  u3(0.0, 0.0, 0.7853981633974483) signal;
  cx flag, signal;
  u3(0.0, 0.0, -0.7853981633974483) signal;
  cx term, signal;
  u3(0.0, 0.0, 0.7853981633974483) flag;
  cx term, flag;
  u3(0.0, 0.0, 0.7853981633974483) term;
  u3(0.0, 0.0, -0.7853981633974483) flag;
  cx term, flag;
  u3(3.141592653589793, 0.0, -2.356194490192345) signal;
  u3(p00, 0.0, 0.0) signal;
  u3(3.141592653589793, 0.0, 3.141592653589793) term;
  u3(3.141592653589793, 0.0, 3.141592653589793) flag;
}
qubit[2] system;
qubit[1] term;
qubit[1] flag;
qubit[1] signal;
array[float[64], 7] walk_and_turn_angle = {
  -0.04069719418872191, -0.1174628298682782, -0.21453123029435112, -0.41034419650875825,
  -0.6086969503849545, -0.8253059460572287, -0.5065361096037498
};
prepare_rhs system[0], system[1];
u3(3.1242441415522815, 0.0, 0.0) signal[0];
for int repetition in [0:6] {
  walk_and_turn(walk_and_turn_angle[repetition]) system[0], system[1], term[0], flag[0], signal[0];
}
