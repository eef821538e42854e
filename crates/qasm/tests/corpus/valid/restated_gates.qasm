OPENQASM 3.0;
include "stdgates.inc";
gate sxdg a { inv @ sx a; }
gate rzz(p00) a, b { cx a, b; rz(p00) b; cx a, b; }
gate rxx(theta) a, b { h a; h b; rzz(theta) a, b; h a; h b; }
qubit[2] q;
sxdg q[0];
rzz(0.5) q[0], q[1];
rxx(0.5) q[0], q[1];
