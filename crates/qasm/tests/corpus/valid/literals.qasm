OPENQASM 3;
qubit q;
rx(1) q; rx(1.) q; rx(.5) q; rx(1e3) q; rx(1.5E-3) q; rx(1_0.0_1) q;
rx(0xff) q; rx(0B101) q; rx(0o17) q; rx(99999999999999999999) q;
rx(2.2250738585072014e-308) q; rx(0.1234567890123456789) q; rx(-0.0) q;
