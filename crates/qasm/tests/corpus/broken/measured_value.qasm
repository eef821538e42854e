OPENQASM 3.0;
qubit q;
bit[2] c;
rx(c) q;
