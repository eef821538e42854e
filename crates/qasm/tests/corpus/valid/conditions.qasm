OPENQASM 3.0;
include "stdgates.inc";
gate pair a, b { cx a, b; }
qubit[3] q;
bit[3] c;
bit single;
c[0] = measure q[0];
if (c[0]) x q[1];
if (!c[0]) { pair q[1], q[2]; }
if (c == 5) { x q[1]; h q[2]; }
if (c != 5) { x q[2]; }
if (c == "011") y q[0];
if (c[0] == true && (c[1] == 0 && !(single))) { z q[0]; }
if (single) { c[2] = measure q[2]; reset q[2]; } else { x q[0]; }
if (single) { if (c[1]) { x q[0]; } }
if (single != false) { if (c[1]) { x q[0]; } h q[0]; } else if (c[0]) { y q[1]; }
if (c == 9) x q[0];
if (c[2]) { }
