OPENQASM 3.0;
qubit[4] q;
qubit[3] r;
cx q, r;
