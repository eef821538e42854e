OPENQASM 3.0;
gate g(pi) a { rx(pi) a; }
