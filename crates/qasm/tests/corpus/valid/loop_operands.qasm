OPENQASM 3.0;
include "stdgates.inc";
const int n = 4;
qubit[n] q;
// The quantum Fourier transform.
for uint i in [0:n-1] {
    h q[n - 1 - i];
    for uint j in [0:n-2-i] { cp(pi / 2**(n - 1 - i - j)) q[j], q[n - 1 - i]; }
}
for uint i in [0:n/2-1] swap q[i], q[n-1-i];
for int i in {0, 2} { x q[i]; }
for int i in [3:0] { x q[0]; }
