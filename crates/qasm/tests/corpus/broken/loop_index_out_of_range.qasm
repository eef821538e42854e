OPENQASM 3.0;
qubit[3] q;
for int i in [0:3] {
    x q[i];
}
