OPENQASM 3.0;
qubit q;
const array[float, 2] a = {1.0, 2.0};
rx(a[2]) q;
