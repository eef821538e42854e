OPENQASM 3.0;
// qnewton 0.1.0: linear system tridiagonal-2
// encoding pauli-lcu, alpha 0.25, epsilon 0.01
// x = scale * unnormalised amplitudes of `system` where all other registers read 0; scale 5.756354673770302
include "stdgates.inc";
qubit[1] system;
qubit[1] signal;
u3(1.5707963267948966, 0.0, 0.0) system[0];
u3(3.12535676115267, 0.0, 0.0) signal[0];
u3(3.141592653589793, 0.0, 3.141592653589793) signal[0];
cx signal[0], system[0];
u3(3.141592653589793, 0.0, 0.0) signal[0];
u3(0.0, 0.0, -3.141592653589793) signal[0];
u3(-0.07339095344181357, 0.0, 0.0) signal[0];
u3(3.141592653589793, 0.0, 3.141592653589793) signal[0];
cx signal[0], system[0];
u3(3.141592653589793, 0.0, 0.0) signal[0];
u3(0.0, 0.0, -3.141592653589793) signal[0];
u3(-0.28185187549142793, 0.0, 0.0) signal[0];
u3(3.141592653589793, 0.0, 3.141592653589793) signal[0];
cx signal[0], system[0];
u3(3.141592653589793, 0.0, 0.0) signal[0];
u3(0.0, 0.0, -3.141592653589793) signal[0];
u3(-0.962380459661501, 0.0, 0.0) signal[0];
u3(3.141592653589793, 0.0, 3.141592653589793) signal[0];
cx signal[0], system[0];
u3(3.141592653589793, 0.0, 0.0) signal[0];
u3(0.0, 0.0, -3.141592653589793) signal[0];
u3(-1.4070637879116865, 0.0, 0.0) signal[0];
