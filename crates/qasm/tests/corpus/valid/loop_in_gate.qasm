OPENQASM 3.0;
include "stdgates.inc";
gate trotter(t) a, b {
    for int i in [1:100] { rx(t / 100) a; cx a, b; rz(t / 50) b; cx a, b; }
}
gate ramp(t) a { for int i in [1:3] { rx(t * i) a; h a; } }
gate turns(k) a { for int i in [1:k] { t a; } }
qubit[2] q;
trotter(0.5) q[0], q[1];
ramp(0.25) q[0];
turns(3) q[1];
turns(2) q[1];
