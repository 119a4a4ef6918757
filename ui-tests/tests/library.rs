//! A unikernel in a library is an error. It needs a package: the rejected programs are binaries.

use std::process::Command;

#[test]
fn a_library_has_no_unikernel() {
    let check = |arguments: &[&str]| {
        let cargo = std::env::var_os("CARGO").expect("cargo runs the tests");
        let mut check = Command::new(cargo);
        check.current_dir(env!("CARGO_MANIFEST_DIR"));
        check.args(["check", "--quiet", "--locked", "--package=library"]);
        check.args(arguments).output().expect("cargo")
    };
    let without = check(&[]);
    assert!(without.status.success(), "{without:?}");
    let output = check(&["--features=unikernel"]);
    let text = String::from_utf8(output.stderr).expect("text");
    assert!(!output.status.success(), "{text}");
    let errors: Vec<_> = text
        .lines()
        .filter(|line| line.starts_with("error: MIR"))
        .collect();
    let expected = ["error: MIR080: a unikernel is a program, not a library"];
    assert_eq!(errors, expected, "{text}");
    assert!(
        text.contains("put the attribute on a function in `src/main.rs`"),
        "{text}"
    );
    assert!(text.contains("1 previous error"), "{text}");
}
