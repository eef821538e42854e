OPENQASM 3.0;
float theta = 0.5;
