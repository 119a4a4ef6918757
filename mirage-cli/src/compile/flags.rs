//! The flags that build a bootable image from an ordinary crate with an ordinary toolchain.

use crate::{arguments::Profile, toml};
use mirage_graph::target::Target;
use std::path::Path;

/// The profile of images.
const PROFILE: [&str; 6] = [
    r#"profile.image.inherits="release""#,
    r#"profile.image.lto="fat""#,
    r#"profile.image.codegen-units=1"#,
    r#"profile.image.panic="abort""#,
    r#"profile.image.debug="limited""#,
    r#"profile.image.strip="none""#,
];

/// Returns cargo's arguments for an image of `target`, with the runtime at `runtime`.
pub fn image(target: Target, runtime: &Path, profile: &Profile) -> Vec<String> {
    let name = target.name();
    let arch = target.arch().expect("a process is not an image");
    let cfg = format!("mirage_target=\"{name}\"");
    let script = runtime.join("src").join(name).join("image.ld");
    let script = format!("-Clink-arg=-T{}", script.display());
    let flags = [
        "--cfg",
        "mirage_target",
        "--cfg",
        &cfg,
        // The guest has no system calls: `mirage-rt` provides the entropy for getrandom.
        "--cfg",
        "getrandom_backend=\"custom\"",
        // The guest enables only SSE2: code that detects or uses AVX2 would be wasted.
        "--cfg",
        "chacha20_backend=\"sse2\"",
        "-Cpanic=abort",
        "-Crelocation-model=static",
        // Backtraces follow frame pointers.
        "-Cforce-frame-pointers=yes",
        "-Clinker=rust-lld",
        "-Clinker-flavor=ld.lld",
        &script,
        "-Clink-arg=-static",
        "-Clink-arg=--gc-sections",
        "-Clink-arg=-zmax-page-size=16",
    ];
    let flags = flags.map(toml::string).join(",");
    let mut arguments = vec![
        // Explicit, so that the flags do not apply to build scripts and macros.
        "--target".into(),
        arch.rust_target().into(),
        "--config".into(),
        format!("target.\"cfg(all())\".rustflags=[{flags}]"),
    ];
    if !profile.debug {
        for setting in PROFILE {
            arguments.extend(["--config".into(), setting.into()]);
        }
        arguments.extend(["--profile".into(), "image".into()]);
    }
    arguments
}
