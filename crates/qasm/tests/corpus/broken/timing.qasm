OPENQASM 3.0;
qubit q;
delay[100ns] q;
