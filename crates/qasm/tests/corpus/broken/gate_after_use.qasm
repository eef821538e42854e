OPENQASM 3.0;
qubit[3] q;
h q[0];
gate h a { U(pi/2, 0, pi) a; }
