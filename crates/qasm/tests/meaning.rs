//! Statements that mean the same give the same state, global phase included.

#![allow(clippy::unwrap_used, reason = "a failure is what a test reports")]

#[path = "common/dense.rs"]
mod dense;

use qnewton_qasm::read;

/// Four entangled qubits in general position, then the statements.
fn state_of(definitions: &str, statements: &str) -> Vec<qnewton_core::Complex64> {
    let text = format!(
        "OPENQASM 3.0; include \"stdgates.inc\";\n{definitions}\nqubit[4] q;
        u3(0.3, 0.4, 0.5) q[0]; u3(1.3, -0.4, 0.8) q[1]; u3(2.3, 1.4, -0.5) q[2]; u3(-0.9, 0.7, 0.1) q[3];
        cx q[0], q[1]; cx q[1], q[2]; cx q[2], q[3]; rx(0.4) q[0]; ry(0.6) q[1]; rx(-0.8) q[2]; ry(1.1) q[3];
        {statements}"
    );
    dense::state(&read(&text).unwrap_or_else(|error| panic!("{error}\n{text}")).circuit)
}

#[track_caller]
fn same(left: &str, right: &str) {
    same_with("", left, right);
}

#[track_caller]
fn same_with(definitions: &str, left: &str, right: &str) {
    let distance = dense::distance(&state_of(definitions, left), &state_of(definitions, right));
    assert!(distance < 1e-14, "{left}   and   {right}   differ by {distance}");
}

#[test]
fn controls_are_the_controlled_gates() {
    same("ctrl @ x q[0], q[1];", "cx q[0], q[1];");
    same("ctrl(2) @ x q[0], q[1], q[2];", "ccx q[0], q[1], q[2];");
    same("ctrl @ cx q[0], q[1], q[2];", "ccx q[0], q[1], q[2];");
    same("ctrl @ rz(0.3) q[2], q[1];", "crz(0.3) q[2], q[1];");
    same("ctrl @ U(0.3, 0.2, 0.1) q[2], q[1];", "cu3(0.3, 0.2, 0.1) q[2], q[1];");
    same("ctrl @ u2(0.2, 0.1) q[2], q[1];", "cu3(pi/2, 0.2, 0.1) q[2], q[1];");
    same("ctrl @ swap q[3], q[2], q[1];", "cswap q[3], q[2], q[1];");
    same("negctrl @ x q[0], q[1];", "x q[0]; cx q[0], q[1]; x q[0];");
    same("negctrl @ ctrl @ h q[0], q[3], q[1];", "x q[0]; ctrl(2) @ h q[0], q[3], q[1]; x q[0];");
    same("ctrl @ negctrl @ h q[3], q[0], q[1];", "negctrl @ ctrl @ h q[0], q[3], q[1];");
    same("ctrl @ s q[0], q[1];", "cp(pi/2) q[0], q[1];");
    same("ctrl @ cp(0.7) q[0], q[1], q[2];", "ctrl(2) @ p(0.7) q[2], q[0], q[1];");
}

#[test]
fn phases_under_controls_are_phase_gates() {
    same("ctrl @ gphase(0.7) q[1];", "p(0.7) q[1];");
    same("ctrl(2) @ gphase(0.7) q[1], q[3];", "cp(0.7) q[1], q[3];");
    same("negctrl @ gphase(0.7) q[1];", "x q[1]; p(0.7) q[1]; x q[1];");
    same("negctrl(2) @ gphase(0.7) q[1], q[2];", "x q[1]; x q[2]; cp(0.7) q[1], q[2]; x q[1]; x q[2];");
    same("inv @ ctrl @ pow(3) @ gphase(0.7) q[1];", "p(-2.1) q[1];");
    same("gphase(0.3); gphase(-0.3); h q[0];", "h q[0];");
    same("rz(0.8) q[0];", "gphase(-0.4); p(0.8) q[0];");
    same_with("gate g a { gphase(0.7); }", "ctrl @ g q[1], q[0];", "p(0.7) q[1];");
    same_with("gate g(t) a { gphase(2*t); x a; }", "inv @ g(0.2) q[1];", "gphase(-0.4); x q[1];");
}

#[test]
fn powers_are_repetitions_and_roots() {
    same("pow(3) @ t q[0];", "t q[0]; t q[0]; t q[0];");
    same("pow(-2) @ sx q[0];", "sxdg q[0]; sxdg q[0];");
    same("pow(0) @ h q[0];", "");
    same("pow(2.0) @ u3(0.1, 0.2, 0.3) q[1];", "u3(0.1, 0.2, 0.3) q[1]; u3(0.1, 0.2, 0.3) q[1];");
    same("ctrl @ pow(2) @ sx q[0], q[1];", "cx q[0], q[1];");
    same("pow(2) @ ctrl @ sx q[0], q[1];", "cx q[0], q[1];");
    same("pow(1.0/2) @ x q[0];", "sx q[0];");
    same("pow(-0.5) @ x q[0];", "sxdg q[0];");
    same("inv @ pow(0.5) @ z q[0];", "sdg q[0];");
    same("pow(0.5) @ inv @ z q[0];", "s q[0];");
    same("pow(0.25) @ ctrl @ z q[0], q[1];", "cp(pi/4) q[0], q[1];");
    same("pow(0.5) @ cx q[0], q[1];", "ctrl @ sx q[0], q[1];");
    same("pow(0.5) @ rx(0.8) q[2];", "rx(0.4) q[2];");
    same("pow(0.5) @ pow(3) @ p(0.2) q[2];", "p(0.3) q[2];");
    same_with(
        "gate g(t) a, b { h a; crx(t) a, b; }",
        "inv @ pow(2) @ g(0.3) q[0], q[2];",
        "crx(-0.3) q[0], q[2]; h q[0]; crx(-0.3) q[0], q[2]; h q[0];",
    );
}

#[test]
fn definitions_may_use_any_expression() {
    same_with(
        "gate g(t) a { rx(sin(t)) a; }",
        "g(0.3) q[0]; g(0.3) q[1];",
        "rx(sin(0.3)) q[0]; rx(sin(0.3)) q[1];",
    );
    same_with(
        "gate f(s, t) a, b { rx(s*t) a; cx a, b; } gate g(t) a, b { f(t, t**2) b, a; inv @ f(1, t) a, b; }",
        "g(0.6) q[0], q[3]; ctrl @ g(0.7) q[1], q[0], q[3];",
        "rx(0.6**3) q[3]; cx q[3], q[0]; cx q[0], q[3]; rx(-0.6) q[0];
         crx(0.7**3) q[1], q[3]; ccx q[1], q[3], q[0]; ccx q[1], q[0], q[3]; crx(-0.7) q[1], q[0];",
    );
    same_with("gate g(k) a { pow(k) @ t a; }", "g(3) q[0];", "t q[0]; t q[0]; t q[0];");
    same_with("gate g(a, b) q { rz((a + 2*b)/4 - -b + pi) q; }", "g(0.3, 0.5) q[1];", "rz(0.825 + pi) q[1];");
}

#[test]
fn broadcasts_slices_and_aliases_name_qubits() {
    same("h q;", "h q[0]; h q[1]; h q[2]; h q[3];");
    same("x q[-1];", "x q[3];");
    same(
        "x q[1:2]; y q[0:2:3]; z q[{3, 0}]; h q[3:-2:0];",
        "x q[1]; x q[2]; y q[0]; y q[2]; z q[3]; z q[0]; h q[3]; h q[1];",
    );
    same("cx q[0], q[1:3];", "cx q[0], q[1]; cx q[0], q[2]; cx q[0], q[3];");
    same("cx q[0:1], q[2:3];", "cx q[0], q[2]; cx q[1], q[3];");
    same("let a = q[1:3]; let b = a[0] ++ q[0]; h b; x a[-1];", "h q[1]; h q[0]; x q[3];");
    same("const int k = 2; const float t = pi/4; rz(2*t) q[k - 1];", "rz(pi/2) q[1];");
}

#[test]
fn expressions_have_the_usual_precedence() {
    same("rx(-2**2 + 7%4*2) q[0];", "rx(2) q[0];");
    same("rx(2**3**0) q[0];", "rx(2) q[0];");
    same("rx(1 - 2 - 3.5) q[0];", "rx(-4.5) q[0];");
    same("rx(-(1.5 + 0x1F/0b1) * -1) q[0];", "rx(32.5) q[0];");
    same("rx(arccos(0.5) + ln(euler) + sqrt(4) + pow(2, 2)) q[0];", "rx(pi/3 + 7) q[0];");
    same("rx(1_000.5e-3 + .5 + 5. + π) q[0];", "rx(6.5005 + pi + 0.0) q[0];");
}

#[test]
fn library_gates_are_what_they_are_called() {
    same("cu(0.1, 0.2, 0.3, 0.4) q[0], q[1];", "p(0.4) q[0]; cu3(0.1, 0.2, 0.3) q[0], q[1];");
    same("c3x q[0], q[1], q[2], q[3];", "ctrl(3) @ x q[0], q[1], q[2], q[3];");
    same("pow(2) @ c3sx q[0], q[1], q[2], q[3];", "ctrl(3) @ x q[0], q[1], q[2], q[3];");
    same("pow(2) @ iswap q[0], q[1];", "z q[0]; z q[1];");
    same("ecr q[0], q[1]; ecr q[0], q[1];", "");
    same("u0(1) q[2];", "");
}

#[test]
fn loops_are_their_iterations() {
    same("for int i in [0:3] { h q[i]; }", "h q;");
    same("for int i in [3:-2:0] { rx(0.1 * i) q[i]; }", "rx(0.3) q[3]; rx(0.1) q[1];");
    same("for int i in {2, 0} cx q[i], q[i + 1];", "cx q[2], q[3]; cx q[0], q[1];");
    same("for int i in [1:3] { rx(i / 4.0) q[0]; cx q[0], q[1]; }", &{
        let one = |angle: f64| format!("rx({angle}) q[0]; cx q[0], q[1];");
        one(0.25) + &one(0.5) + &one(0.75)
    });
    same(
        "const array[float, 3] a = {0.3, -0.4, 0.5}; for uint i in [0:2] { inv @ crx(a[i]) q[0], q[1]; h q[0]; }",
        "crx(-0.3) q[0], q[1]; h q[0]; crx(0.4) q[0], q[1]; h q[0]; crx(-0.5) q[0], q[1]; h q[0];",
    );
    same_with(
        "gate g(t) a, b { ry(t) a; cx a, b; }",
        "const array[float, 3] a = {0.3, -0.4, 0.5}; for int i in [0:2] { inv @ g(a[i]) q[0], q[1]; }",
        "cx q[0], q[1]; ry(-0.3) q[0]; cx q[0], q[1]; ry(0.4) q[0]; cx q[0], q[1]; ry(-0.5) q[0];",
    );
    same_with(
        "gate g(t) a, b { ry(t) a; cx a, b; }",
        "for int i in [1:2] { ctrl @ pow(2) @ g(i * 0.2) q[2], q[0], q[1]; }",
        "ctrl @ g(0.2) q[2], q[0], q[1]; ctrl @ g(0.2) q[2], q[0], q[1];
         ctrl @ g(0.4) q[2], q[0], q[1]; ctrl @ g(0.4) q[2], q[0], q[1];",
    );
    same(
        "for int i in [0:1] { for int j in [0:1] { rx(0.3 * i + 0.1 * j) q[0]; h q[j]; } rz(i) q[1]; }",
        "h q[0]; rx(0.1) q[0]; h q[1]; rx(0.3) q[0]; h q[0]; rx(0.4) q[0]; h q[1]; rz(1) q[1];",
    );
    same(
        "float t = 0.8; for int i in [1:3] { t /= 2; rx(t) q[0]; rz(t) q[0]; } rx(t) q[1];",
        "rx(0.4) q[0]; rz(0.4) q[0]; rx(0.2) q[0]; rz(0.2) q[0]; rx(0.1) q[0]; rz(0.1) q[0]; rx(0.1) q[1];",
    );
    same("for int i in [0:9] { gphase(0.1 * i); }", "gphase(4.5);");
    same(
        "for int i in [0:1] { ctrl(3) @ rx(i + 1.0) q[0], q[1], q[2], q[3]; }",
        "ctrl(3) @ rx(3) q[0], q[1], q[2], q[3];",
    );
    same_with(
        "gate g(n, t) a, b { for int i in [1:n] { rx(t * i) a; cx a, b; } for int i in [1:2] { ry(t) b; h a; } }",
        "ctrl @ g(2, 0.3) q[3], q[0], q[1];",
        "crx(0.3) q[3], q[0]; ccx q[3], q[0], q[1]; crx(0.6) q[3], q[0]; ccx q[3], q[0], q[1];
         cry(0.3) q[3], q[1]; ch q[3], q[0]; cry(0.3) q[3], q[1]; ch q[3], q[0];",
    );
}

#[test]
fn control_flow_follows_known_values() {
    same("int n = 0; while (n < 3) { n += 1; if (n == 2) continue; rx(n) q[0]; }", "rx(1) q[0]; rx(3) q[0];");
    same("for int i in [0:9] { if (i > 1) { break; } h q[i]; }", "h q[0]; h q[1];");
    same("switch (3) { case 1 { x q[0]; } case 2, 3 { y q[0]; } default { z q[0]; } }", "y q[0];");
    same("if (2 ** 3 == 8 && !(1 > 2)) x q[0]; else y q[0];", "x q[0];");
    same("bit[4] b = \"0110\"; for int i in [0:3] { if (b[i]) x q[i]; }", "x q[1]; x q[2];");
    same("int n = 5; { int n = 1; x q[n]; } rx(n) q[0];", "x q[1]; rx(5) q[0];");
    same("rx(0.5) q[0]; end; x q[0];", "rx(0.5) q[0];");
}

#[test]
fn subroutines_are_their_bodies() {
    same_with(
        "def pair(qubit a, qubit b, float t) { cx a, b; rz(t) b; cx a, b; }",
        "for int i in [0:2] { pair(q[i], q[i + 1], 0.1 * i); }",
        "rzz(0.1) q[1], q[2]; rzz(0.2) q[2], q[3];",
    );
    same_with(
        "def fan(qubit[3] r) { for int i in [1:2] { cx r[0], r[i]; } h r; }",
        "fan(q[1:3]);",
        "cx q[1], q[2]; cx q[1], q[3]; h q[1:3];",
    );
    same_with(
        "def power(float x, int n) -> float { float p = 1.0; for int i in [1:n] { p *= x; } return p; }",
        "rx(power(0.5, 3) + power(2.0, 2)) q[0];",
        "rx(4.125) q[0];",
    );
    same_with(
        "def fibonacci(int n) -> int { if (n < 2) return n; return fibonacci(n - 1) + fibonacci(n - 2); }",
        "rx(fibonacci(10)) q[0];",
        "rx(55) q[0];",
    );
}
