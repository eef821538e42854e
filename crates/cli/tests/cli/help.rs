//! Help texts, completions and versions.

use crate::harness::Folder;

#[test]
fn every_command_has_its_help() {
    let folder = Folder::new();
    insta::assert_snapshot!("help", folder.qnewton("--help").stdout);
    for command in [
        "solve",
        "compile",
        "encode",
        "convert",
        "run",
        "verify",
        "count",
        "draw",
        "equal",
        "check",
        "schedule",
        "breakeven",
        "calibrate",
        "hessian",
        "kappa",
        "regularize",
        "train",
        "completions",
    ] {
        let run = folder.qnewton(&format!("{command} --help"));
        assert_eq!((run.code, run.stderr.as_str()), (0, ""));
        assert!(run.stdout.contains("Examples:"), "{command}");
        insta::assert_snapshot!(format!("help_{command}"), run.stdout);
    }
}

#[test]
fn completions_exist_for_every_shell() {
    let folder = Folder::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let run = folder.qnewton(&format!("completions {shell}"));
        assert!(run.code == 0 && run.stdout.contains("time-limit"), "{shell}");
    }
}

#[test]
fn the_version_is_that_of_the_package() {
    let run = Folder::new().qnewton("--version");
    assert_eq!(run.stdout, format!("qnewton {}\n", env!("CARGO_PKG_VERSION")));
}
