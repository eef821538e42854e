OPENQASM 3.0;
include "stdgates.inc";
gate twice a { pow(2) @ t a; }
qubit[4] q;
ctrl @ x q[0], q[1];
ctrl @ ctrl @ x q[0], q[1], q[2];
ctrl(2) @ rz(0.5) q[0], q[1], q[2];
negctrl @ h q[0], q[1];
ctrl @ negctrl @ swap q[0], q[1], q[2], q[3];
inv @ u2(0.1, 0.2) q[0];
inv @ pow(-3) @ sx q[0];
pow(0) @ x q[0];
pow(0.5) @ x q[0];
ctrl @ inv @ twice q[0], q[1];
pow(1000000000000) @ twice q[3];
ctrl @ gphase(0.3) q[2];
gphase(pi);
