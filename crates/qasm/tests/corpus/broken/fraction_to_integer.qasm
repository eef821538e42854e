OPENQASM 3.0;
int n = 1.5;
