OPENQASM 3.0;
gate g(theta) a { rx(phi) a; }
