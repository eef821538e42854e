OPENQASM 3.0;
include "stdgates.inc";
const array[float[64], 4] phases = {0.5, -1.25, 2.0, 1e-3};
const array[float[64], 3, 2] pairs = {{0.1, 0.2}, {0.3, 0.4}, {0.5, 0.6}};
gate body(p00) a, b { rz(p00) a; cx a, b; }
gate two(p00, p01) a { rx(p00) a; rz(p01) a; }
qubit[2] q;
for int i in [0:3] { body(phases[i]) q[0], q[1]; }
for uint i in [0:3] { inv @ body(phases[i]) q[0], q[1]; }
for int i in [0:2] { two(pairs[i, 0], pairs[i][1]) q[1]; }
for int i in [3:-1:0] { h q[0]; rz(2 * phases[i] + pi) q[0]; }
for float x in phases { ry(sin(x)) q[0]; }
for float x in {0.25, 0.75} { rx(x) q[0]; }
for int i in [0:1] { two(phases[i], 0.5) q[0]; }
