/* block
   comment */
// first
OPENQASM/**/3.0// version
;
// second
include "stdgates.inc";
// third
qubit[2]/* size */ q // name
;
h /* gate */ q[ /* index */ 0 ] ; // done
// not leading
cx q[0],// split
   q[1];
