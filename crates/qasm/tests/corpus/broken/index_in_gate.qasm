OPENQASM 3.0;
gate g a { h a[0]; }
