OPENQASM 3.0;
qubit q;
bit[2] c;
if (c[0] || c[1]) { c[0] = measure q; }
