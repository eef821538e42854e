//! Gates of the standard libraries that are not rows of the gate table, in terms of those that are.
//!
//! Global phases are those of Qiskit's matrices. Sources: OpenQASM 3 specification, `stdgates.inc`; Qiskit's
//! `qelib1.inc`; Maslov, arXiv:1508.03273, for the relative-phase Toffoli gates `rccx` and `rc3x`.

/// The definition of a library gate.
pub(super) fn definition_text(name: &str) -> Option<&'static str> {
    Some(match name {
        "u0" => "gate u0(gamma) q { id q; }",
        "cu" => "gate cu(theta, phi, lambda, gamma) c, t { p(gamma) c; cu3(theta, phi, lambda) c, t; }",
        "r" => "gate r(theta, phi) q { u3(theta, phi - pi/2, pi/2 - phi) q; }",
        "cs" => "gate cs c, t { ctrl @ s c, t; }",
        "csdg" => "gate csdg c, t { ctrl @ sdg c, t; }",
        "csx" => "gate csx c, t { ctrl @ sx c, t; }",
        "ccz" => "gate ccz a, b, t { ctrl(2) @ z a, b, t; }",
        "c3x" => "gate c3x a, b, c, t { ctrl(3) @ x a, b, c, t; }",
        "mcx" => "gate mcx a, b, c, t { ctrl(3) @ x a, b, c, t; }",
        "c4x" => "gate c4x a, b, c, d, t { ctrl(4) @ x a, b, c, d, t; }",
        "c3sx" => "gate c3sx a, b, c, t { ctrl(3) @ sx a, b, c, t; }",
        "c3sqrtx" => "gate c3sqrtx a, b, c, t { ctrl(3) @ sx a, b, c, t; }",
        "rccx" => {
            "gate rccx a, b, t {
                h t; t t; cx b, t; tdg t; cx a, t; t t; cx b, t; tdg t; h t;
            }"
        }
        "rc3x" | "rcccx" => {
            "gate rc3x a, b, c, t {
                h t; t t; cx c, t; tdg t; h t;
                cx a, t; t t; cx b, t; tdg t; cx a, t; t t; cx b, t; tdg t;
                h t; t t; cx c, t; tdg t; h t;
            }"
        }
        "iswap" => "gate iswap a, b { s a; s b; h a; cx a, b; cx b, a; h b; }",
        "dcx" => "gate dcx a, b { cx a, b; cx b, a; }",
        "ecr" => "gate ecr a, b { rzx(pi/4) a, b; x a; rzx(-pi/4) a, b; }",
        "ryy" => {
            "gate ryy(theta) a, b {
                rx(pi/2) a; rx(pi/2) b; cx a, b; rz(theta) b; cx a, b; rx(-pi/2) a; rx(-pi/2) b;
            }"
        }
        "rzx" => "gate rzx(theta) a, b { h b; cx a, b; rz(theta) b; cx a, b; h b; }",
        _ => return braket(name),
    })
}

/// The gates of Amazon Braket that have no other name here; sources: the matrices in its documentation.
fn braket(name: &str) -> Option<&'static str> {
    Some(match name {
        "cv" => "gate cv c, t { ctrl @ sx c, t; }",
        "yy" => "gate yy(theta) a, b { ryy(theta) a, b; }",
        "xy" => "gate xy(theta) a, b { rxx(-theta/2) a, b; ryy(-theta/2) a, b; }",
        "pswap" => "gate pswap(phi) a, b { cx a, b; p(phi) b; cx a, b; swap a, b; }",
        "prx" => "gate prx(theta, phi) q { r(theta, phi) q; }",
        "gpi" => "gate gpi(phi) q { u3(pi, phi, pi - phi) q; }",
        "gpi2" => "gate gpi2(phi) q { r(pi/2, phi) q; }",
        "ms" => {
            "gate ms(phi, psi, theta) a, b {
                rz(-phi) a; rz(-psi) b; rxx(theta) a, b; rz(phi) a; rz(psi) b;
            }"
        }
        "cphaseshift00" => "gate cphaseshift00(phi) a, b { x a; x b; cp(phi) a, b; x a; x b; }",
        "cphaseshift01" => "gate cphaseshift01(phi) a, b { x a; cp(phi) a, b; x a; }",
        "cphaseshift10" => "gate cphaseshift10(phi) a, b { x b; cp(phi) a, b; x b; }",
        _ => return None,
    })
}
