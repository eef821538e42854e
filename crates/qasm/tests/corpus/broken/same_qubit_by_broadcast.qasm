OPENQASM 3.0;
qubit[4] q;
cx q[1], q;
