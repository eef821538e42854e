OPENQASM 3.0;
qubit q;
rx(sinh(0.5)) q;
