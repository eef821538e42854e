OPENQASM 3.0;
// qnewton 0.1.0: block encoding of tridiagonal-4
// encoding bitble, alpha 1.1726039399558574
// A = alpha * block of `system` where all other registers start and end in 0
include "stdgates.inc";
qubit[2] system;
qubit[2] index;
u3(1.5707963267948966, 0.0, 0.0) index[1];
cx system[0], index[1];
u3(-0.42053433528396506, 0.0, 0.0) index[1];
cx system[0], index[1];
cx system[1], index[1];
u3(-1.1502619915109316, 0.0, 0.0) index[1];
cx system[1], index[1];
u3(1.5707963267948966, 0.0, 0.0) index[0];
cx system[0], index[0];
u3(-3.051665903693554, 0.0, 0.0) index[0];
cx system[0], index[0];
cx system[1], index[0];
u3(0.5535743588970452, 0.0, 0.0) index[0];
cx system[0], index[0];
cx index[1], index[0];
u3(0.5535743588970452, 0.0, 0.0) index[0];
cx system[0], index[0];
cx system[1], index[0];
u3(-0.5535743588970452, 0.0, 0.0) index[0];
cx index[1], index[0];
u3(-1.5707963267948966, 0.0, 0.0) system[0];
cx system[1], system[0];
u3(-0.09103477803741511, 0.0, 0.0) system[0];
cx system[1], system[0];
cx index[0], system[0];
cx system[0], index[0];
u3(-1.5707963267948966, 0.0, 0.0) system[1];
cx index[1], system[1];
cx system[1], index[1];
