OPENQASM 3.0;
qubit[2] ψ; /* äöü */ h χ;
