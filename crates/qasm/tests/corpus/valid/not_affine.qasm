OPENQASM 3.0;
gate pulse(a, b) q, r { rx(a*b) q; crz(a**2) q, r; }
gate outer(t) q, r { pulse(t, cos(t)) q, r; }
qubit[2] q;
outer(0.5) q[0], q[1];
outer(0.5) q[1], q[0];
outer(1.5) q[0], q[1];
inv @ pulse(2, 3) q[0], q[1];
