OPENQASM 3.0;
// A header
//   with a second line, indented
//
include "stdgates.inc";
gate block(p00, p01) system_0, system_1, flag {
  u3(p00, -0.5*p01 + 0.25, 0.0) system_0;
  cx system_0, flag;
  u3(1.5707963267948966, 0.0, 3.141592653589793) system_1;
}
qubit[2] system;
qubit[1] flag;
bit[2] outcome;
block(0.1, 1.0e-7) system[0], system[1], flag[0];
inv @ block(0.30000000000000004, -2.0) system[0], system[1], flag[0];
gphase(-0.7);
outcome[0] = measure system[0];
outcome[1] = measure system[1];
