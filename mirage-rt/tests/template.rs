//! The template of a target compiles, as a target that is built by the tool would.

use mirage_graph::target::Arch;
use std::{env, path::Path, process::Command};

#[test]
fn the_template_of_a_target_compiles() {
    let flags = [
        "--cfg",
        "mirage_target",
        "--cfg",
        "mirage_target=\"template\"",
        "-Cpanic=abort",
        "-Dwarnings",
        // The template uses a part of what images have in common.
        "-Adead_code",
    ];
    let output = Command::new(env::var_os("CARGO").unwrap_or("cargo".into()))
        .args(["check", "--quiet", "--locked", "--package", "mirage-rt"])
        // An explicit target keeps the flags from build scripts and macros.
        .args(["--target", Arch::X86_64.rust_target()])
        .arg("--target-dir")
        .arg(Path::new(env!("CARGO_TARGET_TMPDIR")).join("template"))
        .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{message}");
}
