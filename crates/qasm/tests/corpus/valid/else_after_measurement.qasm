OPENQASM 3.0;
qubit q;
bit c;
if (c) { c = measure q; } else { x q; }
