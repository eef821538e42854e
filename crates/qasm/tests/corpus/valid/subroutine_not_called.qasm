OPENQASM 3.0;
def f(qubit a) { h a; }
