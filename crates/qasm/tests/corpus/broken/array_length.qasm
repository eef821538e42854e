OPENQASM 3.0;
const array[float, 3] a = {1.0, 2.0};
