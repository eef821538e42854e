OPENQASM 3.0;
qubit q;
rx(1/2*pi) q;
