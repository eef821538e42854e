OPENQASM 3.0;
gate prepare_rhs system_0, system_1 {
  U(1.5707963267948966, 0.0, 0.0) system_0;
  U(1.5707963267948966, 0.0, 0.0) system_1;
}
gate prepare_terms term {
  U(1.5707963267948966, 0.0, 0.0) term;
}
gate apply_terms_controlled_0 system_0, system_1, term, flag, control {
  U(2.748893571891069, 0.0, 0.0) flag;
  cnot term, flag;
  U(0.39269908169872414, 0.0, 0.0) flag;
  cnot system_0, flag;
  cnot system_1, flag;
  U(0.39269908169872414, 0.0, 0.0) flag;
  cnot term, flag;
  U(3.141592653589793, 0.0, 3.141592653589793) control;
  U(-0.39269908169872414, 0.0, 0.0) flag;
  cnot control, flag;
  U(0.39269908169872414, 0.0, 0.0) flag;
  cnot term, flag;
  U(-0.39269908169872414, 0.0, 0.0) flag;
  cnot system_0, flag;
  cnot system_1, flag;
  U(-0.39269908169872414, 0.0, 0.0) flag;
  cnot term, flag;
  U(-2.748893571891069, 0.0, 0.0) flag;
  cnot control, flag;
  U(1.5707963267948966, 0.0, 3.141592653589793) flag;
  cnot control, flag;
  U(3.141592653589793, 0.0, 3.141592653589793) control;
  cnot control, system_0;
  U(1.5707963267948966, 0.7853981633974483, 3.141592653589793) system_1;
  cnot term, system_1;
  U(0.0, 0.0, -0.7853981633974483) system_1;
  cnot control, system_1;
  U(0.0, 0.0, -0.7853981633974483) system_1;
  cnot term, system_1;
  U(0.0, 0.0, 0.7853981633974483) system_1;
  cnot control, system_1;
  U(0.0, 0.0, -0.7853981633974483) control;
  cnot term, control;
  U(0.0, 0.0, 0.7853981633974483) control;
  cnot term, control;
  U(3.141592653589793, 0.0, 3.141592653589793) system_0;
  U(1.5707963267948966, 0.0, 3.141592653589793) system_1;
  U(0.0, 0.0, 0.7853981633974483) term;
  U(1.5707963267948966, 0.0, 3.141592653589793) flag;
}
gate block_encoding_controlled_0 system_0, system_1, term, flag, control {
  prepare_terms term;
  apply_terms_controlled_0 system_0, system_1, term, flag, control;
  inv @ prepare_terms term;
}
gate walk_and_turn(p00) system_0, system_1, term, flag, signal {
  block_encoding_controlled_0 system_0, system_1, term, flag, signal;
  U(3.141592653589793, 0.0, 3.141592653589793) flag;
  U(3.141592653589793, 0.0, 3.141592653589793) signal;
  cnot flag, signal;
  U(3.141592653589793, 0.0, 3.141592653589793) term;
  U(0.0, 0.0, -0.7853981633974483) signal;
  cnot term, signal;
  U(0.0, 0.0, 0.7853981633974483) signal;
  cnot flag, signal;
  U(0.0, 0.0, -0.7853981633974483) signal;
  cnot term, signal;
  U(0.0, 0.0, 0.7853981633974483) flag;
  cnot term, flag;
  U(0.0, 0.0, 0.7853981633974483) term;
  U(0.0, 0.0, -0.7853981633974483) flag;
  cnot term, flag;
  U(3.141592653589793, 0.0, -2.356194490192345) signal;
  U(p00, 0.0, 0.0) signal;
  U(3.141592653589793, 0.0, 3.141592653589793) term;
  U(3.141592653589793, 0.0, 3.141592653589793) flag;
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
U(3.1242441415522815, 0.0, 0.0) signal[0];
for int repetition in [0:6] {
  walk_and_turn(walk_and_turn_angle[repetition]) system[0], system[1], term[0], flag[0], signal[0];
}
