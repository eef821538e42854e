OPENQASM 3.0;
qubit[2] q;
output bit[2] c;
nop;
nop q[0], q;
box { h q[0]; cx q[0], q[1]; }
@unroll 4
for i in [0:1] { h q[i]; }
c = measure q;
end;
this is not read
