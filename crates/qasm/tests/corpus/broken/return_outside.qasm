OPENQASM 3.0;
return 1;
