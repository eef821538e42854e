OPENQASM 3.1;
const int n = 2 ** 2 - 1;
const float step = tau / 8;
const uint[8] k = 0b1_0;
const angle[32] turn = 5 * π;
qubit[n] q;
rx(step * k) q[n - 1];
p(turn) q[0];
gphase(euler);
