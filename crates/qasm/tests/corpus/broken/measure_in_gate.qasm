OPENQASM 3.0;
bit c;
gate g a { c = measure a; }
