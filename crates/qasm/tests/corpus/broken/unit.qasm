OPENQASM 3.0;
qubit q;
rx(100ns) q;
