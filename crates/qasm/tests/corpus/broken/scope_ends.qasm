OPENQASM 3.0;
qubit q;
if (true) { int n = 1; }
rx(n) q;
