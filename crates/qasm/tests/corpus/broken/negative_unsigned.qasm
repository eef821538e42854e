OPENQASM 3.0;
uint n = -1;
