OPENQASM 3.0;
gate g a { g a; }
