OPENQASM 3.0;
qubit q;
def f(qubit a) { x a; f(a); }
f(q);
