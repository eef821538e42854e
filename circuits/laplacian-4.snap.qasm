OPENQASM 3.0;
// qnewton 0.1.0: linear system tridiagonal-4
// encoding structured, alpha 1, epsilon 0.01
// x = scale * unnormalised amplitudes of `system` where all other registers read 0; scale 23.921492661480553
include "stdgates.inc";
gate prepare_terms term, direction {
  u3(1.5707963267948966, 0.0, 0.0) term;
  u3(1.5707963267948966, 0.0, 0.0) direction;
}
gate carry_on control_0, control_1, sum_0, sum_1, carry {
  u3(0.7853981633974483, 0.0, 0.0) carry;
  cx control_1, carry;
  u3(0.7853981633974483, 0.0, 0.0) carry;
  cx control_0, carry;
  u3(-0.7853981633974483, 0.0, 0.0) carry;
  cx control_1, carry;
  u3(1.5707963267948966, 0.0, 3.141592653589793) sum_1;
  cx sum_0, sum_1;
  u3(-0.7853981633974483, 0.0, 0.0) carry;
  u3(0.0, 0.0, -0.7853981633974483) sum_1;
  cx carry, sum_1;
  u3(0.0, 0.0, 0.7853981633974483) sum_1;
  cx sum_0, sum_1;
  u3(0.0, 0.0, -0.7853981633974483) sum_1;
  cx carry, sum_1;
  u3(0.0, 0.0, 0.7853981633974483) sum_0;
  cx carry, sum_0;
  u3(0.7853981633974484, 0.0, 0.7853981633974482) carry;
  cx control_1, carry;
  u3(0.7853981633974483, 0.0, 0.0) carry;
  cx control_0, carry;
  u3(-0.7853981633974483, 0.0, 0.0) carry;
  cx control_1, carry;
  u3(0.0, 0.0, -0.7853981633974483) sum_0;
  u3(1.5707963267948966, 0.0, -2.356194490192345) sum_1;
  u3(-0.7853981633974483, 0.0, 0.0) carry;
}
gate apply_terms system_0, system_1, term, direction, overflow, ancilla {
  u3(0.0, 0.0, 3.141592653589793) term;
  cx term, system_0;
  cx system_0, system_1;
  carry_on term, direction, system_1, overflow, ancilla;
  cx system_0, system_1;
}
gate block_encoding system_0, system_1, term, direction, overflow, ancilla {
  prepare_terms term, direction;
  apply_terms system_0, system_1, term, direction, overflow, ancilla;
  inv @ prepare_terms term, direction;
}
gate prepare_rhs system_0, system_1 {
  u3(1.5707963267948966, 0.0, 0.0) system_0;
  u3(1.5707963267948966, 0.0, 0.0) system_1;
}
gate projector_phase(p00) system_0, system_1, term, direction, overflow, signal {
  u3(3.141592653589793, 0.0, 3.141592653589793) overflow;
  u3(1.5707963267948966, 0.7853981633974483, 3.141592653589793) signal;
  cx overflow, signal;
  u3(3.141592653589793, 0.0, 3.141592653589793) term;
  u3(1.5707963267948966, 0.0, 2.356194490192345) signal;
  cx term, signal;
  u3(3.141592653589793, 0.0, 3.141592653589793) direction;
  u3(0.0, 0.0, 0.7853981633974483) signal;
  cx direction, signal;
  u3(0.0, 0.0, -0.7853981633974483) signal;
  cx term, signal;
  u3(0.0, 0.0, 0.7853981633974483) signal;
  cx direction, signal;
  u3(1.5707963267948966, 0.7853981633974483, 2.356194490192345) signal;
  cx overflow, signal;
  u3(1.5707963267948966, 0.0, 2.356194490192345) signal;
  u3(0.0, 0.0, 2.0*p00) signal;
  u3(1.5707963267948966, 0.7853981633974483, 3.141592653589793) signal;
  cx overflow, signal;
  u3(1.5707963267948966, 0.7853981633974483, 2.356194490192345) signal;
  cx direction, signal;
  u3(0.0, 0.0, -0.7853981633974483) signal;
  cx term, signal;
  u3(0.0, 0.0, 0.7853981633974483) signal;
  cx direction, signal;
  u3(0.0, 0.0, -0.7853981633974483) signal;
  cx term, signal;
  u3(1.5707963267948966, 0.7853981633974483, 3.141592653589793) signal;
  cx overflow, signal;
  u3(3.141592653589793, 0.0, 3.141592653589793) term;
  u3(3.141592653589793, 0.0, 3.141592653589793) direction;
  u3(3.141592653589793, 0.0, 3.141592653589793) overflow;
  u3(1.5707963267948966, 0.0, 2.356194490192345) signal;
}
gate query_and_phase(p00) system_0, system_1, term, direction, overflow, signal, ancilla {
  block_encoding system_0, system_1, term, direction, overflow, ancilla;
  projector_phase(p00) system_0, system_1, term, direction, overflow, signal;
}
qubit[2] system;
qubit[1] term;
qubit[1] direction;
qubit[1] overflow;
qubit[1] signal;
qubit[1] ancilla;
prepare_rhs system[0], system[1];
u3(1.5707963267948966, 0.0021753480054848883, 0.0) signal[0];
query_and_phase(-1.569011853553359) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.5734770227952317) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.566992833140499) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.5759763890335845) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.5639592380008227) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.5795964429673766) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.5597035202597485) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.5845324004538721) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.5540492841502624) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.590934111151537) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.5468825628856377) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.5988682693180838) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.5381978397141438) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.6082624076958183) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.5281654235335203) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.618825790372205) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.5172206844792828) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.6299548204671401) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.5061547578688272) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.640660981969532) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.4961475348562019) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.6496014480094885) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.4886488429738471) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.655304076898655) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.4850444433045424) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.656590362371653) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.4861904049726025) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.4861904049726025) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.656590362371653) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.4850444433045424) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.655304076898655) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.4886488429738471) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.6496014480094885) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.4961475348562019) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.640660981969532) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.5061547578688272) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.6299548204671401) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.5172206844792828) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.618825790372205) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.5281654235335203) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.6082624076958183) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.5381978397141438) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.5988682693180838) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.5468825628856377) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.590934111151537) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.5540492841502624) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.5845324004538721) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.5597035202597485) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.5795964429673766) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.5639592380008227) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.5759763890335845) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.566992833140499) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.5734770227952317) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
query_and_phase(-1.569011853553359) system[0], system[1], term[0], direction[0], overflow[0], signal[0], ancilla[0];
block_encoding system[0], system[1], term[0], direction[0], overflow[0], ancilla[0];
u3(1.5707963267948966, 3.141592653589793, 0.002175348005485011) signal[0];
gphase(-1.6580658273298354);
