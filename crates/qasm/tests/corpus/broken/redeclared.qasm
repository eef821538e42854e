OPENQASM 3.0;
qubit[4] q;
bit[4] q;
