OPENQASM 3.0;
// Ten lines that stand for 3e12 gates.
qubit[2] q;
gate layer a, b { h a; cx a, b; }
for int i in [1:1000000] {
    for uint j in [0:999999] {
        layer q[0], q[1];
        t q[1];
    }
}
