OPENQASM 3.0;
qubit[4] measure;
