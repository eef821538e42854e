OPENQASM 3.0;
gate drehung(θ) qübit { rz(θ/2) qübit; }
qubit[2] ψ;
drehung(π) ψ[1];
