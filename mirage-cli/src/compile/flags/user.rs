//! The flags for rustc in the environment, as far as they apply to images.

use crate::failure::note;
use std::{env, sync::Once};

/// The environment variables with flags for rustc. The first that is set replaces the others and the flags
/// of cargo's configuration.
pub const VARIABLES: [&str; 2] = ["CARGO_ENCODED_RUSTFLAGS", "RUSTFLAGS"];

/// Separates flags in the first of [`VARIABLES`].
pub const SEPARATOR: char = '\u{1f}';

/// Options of `-C` that an image cannot take from the environment: it is linked as one unit by the target's script,
/// for a processor of which the guest enables only SSE2, and the tool reads its symbols before it strips them.
const NOT_FOR_IMAGES: [&str; 23] = [
    "code-model",
    "default-linker-libraries",
    "embed-bitcode",
    "force-frame-pointers",
    "instrument-coverage",
    "linker",
    "linker-features",
    "linker-flavor",
    "linker-plugin-lto",
    "link-arg",
    "link-args",
    "link-dead-code",
    "link-self-contained",
    "lto",
    "panic",
    "prefer-dynamic",
    "profile-generate",
    "relocation-model",
    "rpath",
    "split-debuginfo",
    "strip",
    "target-cpu",
    "target-feature",
];

/// Returns the flags in the environment that apply to images, and notes the others once.
pub fn of_user() -> Vec<String> {
    static NOTED: Once = Once::new();
    let flags = split(VARIABLES.map(|name| env::var(name).ok()));
    let (kept, dropped) = partition(flags);
    if !dropped.is_empty() {
        NOTED.call_once(|| {
            note(format_args!(
                "these flags of the environment do not apply to images: `{}`",
                dropped.join("`, `")
            ));
        });
    }
    kept
}

/// Splits the values of [`VARIABLES`] as cargo does.
fn split([encoded, plain]: [Option<String>; 2]) -> Vec<String> {
    let (flags, separator) = match encoded {
        Some(encoded) => (encoded, SEPARATOR),
        None => (plain.unwrap_or_default(), ' '),
    };
    let flags = flags.split(separator).map(str::trim);
    let flags = flags.filter(|flag| !flag.is_empty());
    flags.map(String::from).collect()
}

/// Separates the flags that apply to images from those in [`NOT_FOR_IMAGES`]. `-C` and its option may be one
/// word or two.
fn partition(flags: Vec<String>) -> (Vec<String>, Vec<String>) {
    let (mut kept, mut dropped) = (Vec::new(), Vec::new());
    let mut flags = flags.into_iter();
    while let Some(flag) = flags.next() {
        let is_separate = flag == "-C" || flag == "--codegen";
        let words: Vec<_> = [flag]
            .into_iter()
            .chain(flags.by_ref().take(is_separate.into()))
            .collect();
        let option = words.last().expect("the flag itself").as_str();
        let prefixes = ["-C", "--codegen="].into_iter();
        let option = match is_separate {
            true => Some(option),
            false => prefixes
                .filter_map(|prefix| option.strip_prefix(prefix))
                .next(),
        };
        let name =
            option.map(|option| option.split('=').next().unwrap_or(option).replace('_', "-"));
        let is_library = words[0].starts_with("-l");
        if is_library || name.is_some_and(|name| NOT_FOR_IMAGES.contains(&name.as_str())) {
            dropped.push(words.join(" "));
        } else {
            kept.extend(words);
        }
    }
    (kept, dropped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_split_as_cargo_does() {
        let split = |encoded: Option<&str>, plain: Option<&str>| {
            super::split([encoded.map(String::from), plain.map(String::from)])
        };
        assert!(split(None, None).is_empty());
        assert_eq!(split(None, Some(" -Dwarnings  -g ")), ["-Dwarnings", "-g"]);
        let encoded = "--cfg\u{1f}name=\"a b\"";
        assert_eq!(split(Some(encoded), Some("-g")), ["--cfg", "name=\"a b\""]);
        assert!(split(Some(""), Some("-g")).is_empty());
    }

    #[test]
    fn flags_of_the_host_do_not_reach_images() {
        let flags = "-Dwarnings -C target-cpu=native -Ctarget_feature=+avx2 -C debuginfo=1 \
                     --codegen=link-arg=-fuse-ld=mold --codegen linker=clang -lssl --cfg target-cpu -Cstrip=symbols \
                     -Clto=off -C";
        let (kept, dropped) = partition(split([None, Some(flags.into())]));
        assert_eq!(
            kept.join(" "),
            "-Dwarnings -C debuginfo=1 --cfg target-cpu -C"
        );
        let expected = [
            "-C target-cpu=native",
            "-Ctarget_feature=+avx2",
            "--codegen=link-arg=-fuse-ld=mold",
            "--codegen linker=clang",
            "-lssl",
            "-Cstrip=symbols",
            "-Clto=off",
        ];
        assert_eq!(dropped, expected);
    }
}
