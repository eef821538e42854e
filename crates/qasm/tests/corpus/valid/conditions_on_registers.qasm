OPENQASM 3.0;
qubit[2] q;
bit[3] c;
bit flag;
c[0:1] = measure q;
flag = measure q[0];
if (c == 5) x q[0];
if (c >= 3) x q[0];
if (2 > c) x q[0];
if (c <= 1 || flag) x q[0];
if (c[0] ^ c[1]) x q[0];
if (c[0] == c[1]) x q[0]; else y q[0];
if (c[0:1] == "10" && !flag) x q[0];
if (!(c == 5)) { x q[0]; } else { h q[1]; z q[1]; }
if (int[4](c) == 2) x q[1];
if (flag == true) { if (c[2]) { x q[0]; reset q[1]; } }
if (flag) { flag = measure q[1]; } else { x q[1]; }
if (c == 9) y q[1];
