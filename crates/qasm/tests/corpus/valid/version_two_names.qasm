OPENQASM 2.0;
include "qelib1.inc";
gate end(angle) in, out { crz(angle/2) in, out; }
qreg input[2];
creg output[2];
end(0.5) input[0], input[1];
measure input -> output;
