OPENQASM 3.0;
qubit[2] q;
const array[float, 2] a = {0.5, 0.75};
const array[float, 3] b = {0.125, 0.25, 0.375};
// The inner loop has a table, the outer one repeats it.
for int i in [0:9] { for int j in [0:2] { rx(b[j]) q[0]; h q[1]; } }
// Both angles vary: the outer loop is written out.
for int i in [0:1] { for int j in [0:2] { rx(a[i] * b[j]) q[0]; h q[1]; } }
// The inner loop does not vary within.
for int i in [0:1] { for int j in [0:2] { rx(a[i]) q[0]; h q[1]; } z q[0]; }
