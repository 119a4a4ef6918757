//! The flags that build a bootable image from an ordinary crate with an ordinary toolchain.

use crate::arguments::Profile;
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

/// The environment variables with flags for rustc. The first that is set replaces the others and the flags
/// of cargo's configuration.
pub const VARIABLES: [&str; 2] = ["CARGO_ENCODED_RUSTFLAGS", "RUSTFLAGS"];

/// Separates flags in the first of [`VARIABLES`].
const SEPARATOR: char = '\u{1f}';

/// Splits the values of [`VARIABLES`] as cargo does: the first that is set counts.
pub fn of_user([encoded, plain]: [Option<String>; 2]) -> Vec<String> {
    let (flags, separator) = match encoded {
        Some(encoded) => (encoded, SEPARATOR),
        None => (plain.unwrap_or_default(), ' '),
    };
    let flags = flags.split(separator).map(str::trim);
    let flags = flags.filter(|flag| !flag.is_empty());
    flags.map(String::from).collect()
}

/// Returns the value of the first of [`VARIABLES`] for an image of `target`, with the runtime at `runtime`.
/// The user's own flags come before those of the target, which the image cannot do without.
///
/// The flags of cargo's configuration do not apply: they are for programs of the host, such as
/// `-fuse-ld=mold` for their linker.
pub fn rustflags(target: Target, runtime: &Path, user: &[String]) -> String {
    let name = target.name();
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
        // Smaller by 6 %, and slower by 2 % in instructions per HTTP request, than with the default of 275.
        "-Cllvm-args=-inline-threshold=150",
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
    let user = user.iter().map(String::as_str);
    let flags: Vec<_> = user.chain(flags).collect();
    flags.join(&SEPARATOR.to_string())
}

/// Returns cargo's arguments for an image of `target`.
pub fn arguments(target: Target, profile: &Profile) -> Vec<String> {
    let arch = target.arch().expect("a process is not an image");
    let mut arguments = vec![
        // Explicit, so that the flags do not apply to build scripts and macros.
        "--target".into(),
        arch.rust_target().into(),
    ];
    if !profile.debug {
        for setting in PROFILE {
            arguments.extend(["--config".into(), setting.into()]);
        }
        arguments.extend(["--profile".into(), "image".into()]);
    }
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_of_the_user_are_split_as_cargo_does() {
        let of_user = |encoded: Option<&str>, plain: Option<&str>| {
            super::of_user([encoded.map(String::from), plain.map(String::from)])
        };
        assert!(of_user(None, None).is_empty());
        assert_eq!(
            of_user(None, Some(" -Dwarnings  -g ")),
            ["-Dwarnings", "-g"]
        );
        let encoded = "--cfg\u{1f}name=\"a b\"";
        assert_eq!(
            of_user(Some(encoded), Some("-g")),
            ["--cfg", "name=\"a b\""]
        );
        assert!(of_user(Some(""), Some("-g")).is_empty());
    }

    #[test]
    fn flags_of_the_target_override_those_of_the_user() {
        let flags = rustflags(Target::Spt, Path::new("/rt"), &["-Clinker=clang".into()]);
        let flags: Vec<_> = flags.split(SEPARATOR).collect();
        assert_eq!(flags[..3], ["-Clinker=clang", "--cfg", "mirage_target"]);
        assert!(flags.contains(&"-Clinker=rust-lld"), "{flags:?}");
    }
}
