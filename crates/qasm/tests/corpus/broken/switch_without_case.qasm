OPENQASM 3.0;
switch (1) { x q; }
