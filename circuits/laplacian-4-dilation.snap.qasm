OPENQASM 3.0;
// qnewton 0.1.0: block encoding of tridiagonal-4
// encoding dilation, alpha 0.904508497187474
// A = alpha * block of `system` where all other registers start and end in 0
include "stdgates.inc";
gate eigenvalues system_0, system_1, flag {
  u3(1.7028413265100206, 0.0, 0.0) flag;
  cx system_0, flag;
  u3(0.5239676751620023, 0.0, 0.0) flag;
  cx system_1, flag;
  u3(-0.2378149112644623, 0.0, 0.0) flag;
  cx system_0, flag;
  u3(0.941058740083556, 0.0, 0.0) flag;
  cx system_1, flag;
  u3(0.0, 0.0, 3.141592653589793) flag;
}
gate eigenvectors system_0, system_1 {
  u3(1.5707963267948966, -1.5707963267948966, 1.5707963267948966) system_0;
  u3(0.0, -0.7853981633974483, -0.7853981633974483) system_1;
  cx system_0, system_1;
  u3(1.1071487177940902, -2.496304385619466e-16, -9.962537705704883e-16) system_0;
  u3(1.5707963267948966, 2.220446049250313e-16, 3.141592653589794) system_1;
  cx system_0, system_1;
  u3(1.5707963267948966, 1.5707963267948966, -1.5707963267948966) system_0;
  u3(0.0, 0.7853981633974483, 0.7853981633974483) system_1;
}
qubit[2] system;
qubit[1] flag;
inv @ eigenvectors system[0], system[1];
eigenvalues system[0], system[1], flag[0];
eigenvectors system[0], system[1];
