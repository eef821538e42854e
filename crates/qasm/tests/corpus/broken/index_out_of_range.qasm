OPENQASM 3.0;
qubit[4] q;
h q[4];
