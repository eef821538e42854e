OPENQASM 3.0;
gate g a { h a; }
qubit q;
pow(0.5) @ g q;
