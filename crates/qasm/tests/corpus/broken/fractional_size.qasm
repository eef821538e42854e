OPENQASM 3.0;
qubit[2.5] q;
