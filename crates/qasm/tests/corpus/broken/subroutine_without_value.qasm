OPENQASM 3.0;
qubit q;
def f(qubit a) { x a; }
rx(f(q)) q;
