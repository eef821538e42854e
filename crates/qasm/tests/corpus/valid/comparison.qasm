OPENQASM 3.0;
qubit q;
bit[2] c;
if (c > 1) x q;
