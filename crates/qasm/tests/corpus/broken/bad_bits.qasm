OPENQASM 3.0;
bit[4] c = "0120";
