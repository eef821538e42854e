OPENQASM 3.0;
gate g a_0, a_1, b, c_0, d_1, d_0 { cx a_0, d_0; }
gate lone a_0, a { cx a_0, a; }
qubit[6] q;
g q[0], q[1], q[2], q[3], q[4], q[5];
lone q[0], q[1];
