OPENQASM 3.0;
gate g(theta, theta) a { rx(theta) a; }
