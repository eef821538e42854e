OPENQASM 3.0;
qubit q;
bit c;
while (c) { c = measure q; }
