OPENQASM 3.0;
qubit q;
def f(qubit a) { rx(hidden) a; }
{ float hidden = 0.5; f(q); }
