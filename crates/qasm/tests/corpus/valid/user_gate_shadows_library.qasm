OPENQASM 3.0;
include "stdgates.inc";
gate h a { U(pi/2, 0, pi) a; }
gate ccz a, b, c { h c; ccx a, b, c; h c; }
qubit[3] q;
ccz q[0], q[1], q[2];
h q[0];
iswap q[0], q[1];
