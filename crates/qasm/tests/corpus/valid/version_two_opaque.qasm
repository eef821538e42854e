OPENQASM 2.0;
opaque magic(alpha) a, b;
qreg q[2];
CX q[0], q[1];
