OPENQASM 3.0;
qubit[2] q;
def f(qubit a, float t) { rx(t) a; }
f(q, 0.5);
