OPENQASM 3.0;
qubit[2] q;
bit[3] c;
c = measure q;
