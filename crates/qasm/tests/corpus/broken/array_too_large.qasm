OPENQASM 3.0;
array[float, 100000, 100000] a;
