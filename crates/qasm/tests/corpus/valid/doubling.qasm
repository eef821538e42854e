OPENQASM 3.0;
gate g0 a { t a; }
gate g1 a { g0 a; g0 a; }
gate g2 a { g1 a; g1 a; }
gate g3 a { g2 a; g2 a; }
gate g4 a { pow(1099511627776) @ g3 a; }
qubit q;
g4 q;
