OPENQASM 3.0;
qubit[2] q;
bit[2] c = measure q;
bit b = measure q[0];
bit[3] z = "000";
measure q[1] -> b;
creg old[2];
measure q -> old;
