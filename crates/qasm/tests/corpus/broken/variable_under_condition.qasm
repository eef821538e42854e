OPENQASM 3.0;
bit c;
int n = 0;
if (c) { n = 1; }
