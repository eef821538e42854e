OPENQASM 3.0;
include "stdgates.inc";
const float eighth = pi / 8;
const array[float[64], 3] table = {0.1, 0.2, 0.3};
def bell(qubit a, qubit b) { h a; cx a, b; }
def all(qubit[3] r, float t, int n) {
    for int i in [0:n-1] { rz(t * (i + 1)) r[i]; }
    cx r[0], r[1:2];
}
def sum(readonly array[float[64], #dim = 1] values, uint n) -> float {
    float s = 0;
    for uint i in [0:n-1] { s += values[i]; }
    return s;
}
def square(float x) -> float { return x * x; }
def factorial(int n) -> int { if (n < 2) { return 1; } return n * factorial(n - 1); }
def look(qubit a) -> bit { return measure a; }
def parity(qubit[2] r, qubit target) -> bit {
    bit result;
    cx r[0], target; cx r[1], target;
    result = measure target;
    return result;
}
qubit[3] q;
bit[3] c;
bell(q[0], q[1]);
all(q, eighth, 2);
rx(sum(table, 3) + square(0.5)) q[0];
rx(factorial(5)) q[1];
c[0] = look(q[0]);
c[1] = parity(q[0:1], q[2]);
bit d = look(q[2]);
if (d) x q[0];
for int i in [0:2] { bell(q[0], q[1]); rz(square(table[i])) q[0]; }
