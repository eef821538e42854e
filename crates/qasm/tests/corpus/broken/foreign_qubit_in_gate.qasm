OPENQASM 3.0;
qubit q;
gate g a { cx a, q; }
