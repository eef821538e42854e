OPENQASM 3.0;
qubit q;
float t;
rx(t) q;
