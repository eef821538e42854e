OPENQASM 3.0;
qubit q;
float theta = 1.0;
for int i in [1:5] {
    theta /= 2;
    rx(theta) q;
    h q;
}
rz(theta) q;
