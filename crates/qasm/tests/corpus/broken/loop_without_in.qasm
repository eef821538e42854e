OPENQASM 3.0;
for int i of [0:3] { }
