OPENQASM 3.0;
qubit[3] q;
int[32] n = 0;
while (n < 10) {
    n += 1;
    if (n == 2) continue;
    if (n > 5) { break; }
    rz(n * pi / 8) q[0];
}
for int i in [0:5] {
    if (i % 2 == 0) { x q[0]; } else if (i == 3) { y q[1]; } else z q[2];
}
switch (n) {
    case 1, 2 { h q[0]; }
    case 6 { h q[1]; }
    default { h q[2]; }
}
switch (n + 1) { case 1 { h q[0]; } default { h q[2]; } }
if (true) { x q[0]; }
if (n == 6 && !(n < 3)) x q[1]; else { garbage that is not read; }
