//! The flags that build a bootable image from an ordinary crate with an ordinary toolchain.

mod user;

pub use user::{VARIABLES, of_user};

use crate::arguments::{DEV, RELEASE};
use mirage_graph::target::Target;
use std::path::Path;
use user::SEPARATOR;

/// The profile of images.
const PROFILE: [&str; 7] = [
    r#"profile.image.inherits="release""#,
    r#"profile.image.lto="fat""#,
    r#"profile.image.codegen-units=1"#,
    r#"profile.image.panic="abort""#,
    r#"profile.image.debug="limited""#,
    r#"profile.image.split-debuginfo="off""#,
    r#"profile.image.strip="none""#,
];

/// What the flags of an image depend on.
pub struct ImageFlags<'a> {
    /// The target.
    pub target: Target,
    /// The directory of the runtime.
    pub runtime: &'a Path,
    /// Whether the program has std.
    pub has_std: bool,
}

/// The profile `dev` for a debugger, also in a workspace whose processes do without.
const DEBUGGED: [&str; 3] = [
    r#"profile.dev.debug="full""#,
    r#"profile.dev.split-debuginfo="off""#,
    r#"profile.dev.strip="none""#,
];

/// Returns the value of the first of [`VARIABLES`] for an image.
///
/// The flags of cargo's configuration do not apply: they are for programs of the host, such as
/// `-fuse-ld=mold` for their linker.
pub fn rustflags(image: &ImageFlags<'_>, user: &[String]) -> String {
    let name = image.target.name();
    let cfg = format!("mirage_target=\"{name}\"");
    let script = match image.has_std {
        true => "std.ld",
        false => "image.ld",
    };
    let script = image.runtime.join("src").join(name).join(script);
    let script = format!("-Clink-arg=-T{}", script.display());
    let archives = image.runtime.join("src/libc/archives");
    let archives = format!("-Lnative={}", archives.display());
    let flags = [
        "--cfg",
        "mirage_target",
        "--cfg",
        &cfg,
        // The guest has no system calls: `mirage-rt` provides the entropy for getrandom.
        "--cfg",
        "getrandom_backend=\"custom\"",
        // rustix would make system calls itself, which an image cannot: it calls the C library.
        "--cfg",
        "rustix_use_libc",
        // The guest enables only SSE2: code that detects or uses AVX2 would be wasted.
        "--cfg",
        "chacha20_backend=\"sse2\"",
        // Smaller by 6 %, and slower by 2 % in instructions per HTTP request, than with the default of 275.
        "-Cllvm-args=-inline-threshold=150",
        "-Cpanic=abort",
        // The guest enables only SSE2, whatever the host's processor has.
        "-Ctarget-cpu=x86-64",
        "-Crelocation-model=static",
        // Backtraces follow frame pointers.
        "-Cforce-frame-pointers=yes",
        "-Clinker=rust-lld",
        "-Clinker-flavor=ld.lld",
        &script,
        // Libraries without members, for the `-lc` of the crate `libc` and of the standard library.
        &archives,
        "-Clink-self-contained=no",
        "-Clink-arg=-static",
        "-Clink-arg=--gc-sections",
        "-Clink-arg=-zmax-page-size=16",
    ];
    let user = user.iter().map(String::as_str);
    // The standard library is linked statically.
    let of_std = image.has_std.then_some("-Ctarget-feature=+crt-static");
    let flags: Vec<_> = user.chain(flags).chain(of_std).collect();
    flags.join(&SEPARATOR.to_string())
}

/// Returns cargo's arguments for an image of `target`.
pub fn arguments(target: Target, profile: &str) -> Vec<String> {
    let arch = target.arch().expect("a process is not an image");
    let mut arguments = vec![
        // Explicit, so that the flags do not apply to build scripts and macros.
        "--target".into(),
        arch.rust_target().into(),
    ];
    let mut configure = |settings: &[&str]| {
        for setting in settings {
            arguments.extend(["--config".into(), (*setting).into()]);
        }
    };
    let profile = match profile {
        RELEASE => {
            configure(&PROFILE);
            "image"
        }
        DEV => {
            configure(&DEBUGGED);
            DEV
        }
        other => other,
    };
    arguments.extend(["--profile".into(), profile.into()]);
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_of_the_user_come_first() {
        let image = ImageFlags {
            target: Target::Spt,
            runtime: Path::new("/rt"),
            has_std: false,
        };
        let flags = rustflags(&image, &["-Dwarnings".into()]);
        let flags: Vec<_> = flags.split(SEPARATOR).collect();
        assert_eq!(flags[..3], ["-Dwarnings", "--cfg", "mirage_target"]);
        assert!(flags.contains(&"-Clinker=rust-lld"), "{flags:?}");
        assert!(flags.contains(&"rustix_use_libc"), "{flags:?}");
    }

    #[test]
    fn a_profile_of_the_user_is_passed_on() {
        let profile = |name| arguments(Target::Spt, name).pop();
        assert_eq!(profile(RELEASE).as_deref(), Some("image"));
        assert_eq!(profile(DEV).as_deref(), Some(DEV));
        assert_eq!(profile("small").as_deref(), Some("small"));
    }
}
