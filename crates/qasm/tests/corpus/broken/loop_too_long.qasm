OPENQASM 3.0;
qubit[2] q;
for int i in [0:1000000000000] { x q[i % 2]; }
