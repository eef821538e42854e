OPENQASM 3.0;
pragma vendor do something
#pragma old style
qubit[1] q;
@optimise level 3
x q[0];
;
