OPENQASM 3.0;
qubit[4] q;
bit[4] c = "0000";
let low = q[0:1] ++ q[3];
let first = c[0:1];
first = measure low[0:1];
measure q[3] -> c[-1];
measure q[2];
{ bit inner; inner = measure q[0]; if (inner) x q[1]; }
for int i in [0:2] { bit b = measure q[0]; if (b) { x q[0]; } }
for int i in [0:1] { c[i] = measure q[i]; }
