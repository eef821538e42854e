qubit q;
OPENQASM 3.0;
