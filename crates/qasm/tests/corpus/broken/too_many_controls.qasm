OPENQASM 3.0;
qubit[2] q;
ctrl(1000000000) @ x q[0], q[1];
