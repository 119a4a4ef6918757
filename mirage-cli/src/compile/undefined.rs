//! Explains the linker's message about undefined symbols: what calls each, why it is missing, and what to do.

use crate::failure::Failure;
use std::fmt::Display;

/// Why a function is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reason {
    /// It starts or controls other processes.
    Process,
    /// It has variable arguments, or prints by those that have.
    Variadic,
    /// It loads libraries.
    Library,
    /// A crate of the ecosystem demands it, which a feature of the runtime provides.
    Feature(&'static str),
    /// A crate demands that another crate defines it.
    Definition,
    /// It is another function of a C library.
    Other,
}

/// Functions of processes, by the beginning of their names.
const PROCESSES: [&str; 12] = [
    "chroot",
    "daemon",
    "exec",
    "fork",
    "popen",
    "posix_spawn",
    "setgid",
    "setgroups",
    "setpgid",
    "setsid",
    "setuid",
    "vfork",
];

/// Parts of the names of functions for formatted input and output, and functions to which compilers change calls of
/// these.
const VARIADIC: [&str; 6] = [
    "printf",
    "scanf",
    "putchar",
    "puts",
    "syslog",
    "error_at_line",
];

/// The beginnings of functions that features of the runtime define.
const FEATURES: [(&str, &str); 2] = [
    ("_critical_section_", "critical-section"),
    ("_embassy_time_", "embassy-time"),
];

impl Reason {
    fn for_symbol(symbol: &str) -> Self {
        let starts = |start: &&str| symbol.starts_with(start);
        let feature = FEATURES.iter().find(|(start, _)| symbol.starts_with(start));
        if let Some((_, feature)) = feature {
            return Self::Feature(feature);
        }
        if symbol == "system" || PROCESSES.iter().any(starts) {
            return Self::Process;
        }
        if VARIADIC.iter().any(|part| symbol.contains(part)) {
            return Self::Variadic;
        }
        if ["dlopen", "dlclose"].contains(&symbol) {
            return Self::Library;
        }
        // Functions of the C library with an underscore are rare; names of Rust contain `::`.
        if symbol.starts_with('_') || symbol.contains("::") {
            return Self::Definition;
        }
        Self::Other
    }

    /// Returns why it is missing, and what to do.
    fn text(self, has_std: bool) -> String {
        match self {
            Self::Process => "a unikernel is a single process and starts no others; a feature of the crate may remove the call".into(),
            Self::Variadic => "functions of C with variable arguments are not available in an image; use a crate without such C code, as `ring` in place of aws-lc".into(),
            Self::Library => "an image loads no libraries; link the library statically".into(),
            Self::Feature(feature) => format!("the feature `{feature}` of `mirage-rt` defines it"),
            Self::Definition => "a crate demands it of another crate, and none of this program defines it".into(),
            Self::Other if has_std => "an image has the functions of C that the standard library and common crates call; a feature of the crate may remove the call".into(),
            Self::Other => "an image without std has no C library; disable the feature of the crate that needs it (often `default-features = false`), or make the program one with std, by the feature `std` of `mirage-rt`".into(),
        }
    }
}

/// A symbol that is not defined, and the package that refers to it.
#[derive(Debug, PartialEq, Eq)]
struct Undefined<'a> {
    symbol: &'a str,
    user: Option<String>,
    /// Whether the standard library refers to it.
    by_std: bool,
}

/// Explains a message of LLVM's linker. `package_of` returns the package of a source file.
pub(super) fn explain(
    note: &str,
    has_std: bool,
    package_of: impl Fn(&str) -> Option<String>,
) -> Option<Failure> {
    let messages = note.split("error: undefined symbol: ").skip(1);
    let all: Vec<_> = messages
        .filter_map(|message| undefined(message, &package_of))
        .collect();
    let mut reasons: Vec<_> = all
        .iter()
        .map(|each| Reason::for_symbol(each.symbol))
        .collect();
    reasons.sort_unstable();
    reasons.dedup();
    if reasons.is_empty() {
        return None;
    }
    let lines = reasons.into_iter().map(|reason| {
        let of_reason = all
            .iter()
            .filter(|each| Reason::for_symbol(each.symbol) == reason);
        let of_reason: Vec<_> = of_reason.collect();
        format!("{}: {}", calls(&of_reason), reason.text(has_std))
    });
    let lines: Vec<_> = lines.collect();
    Some(Failure::new(lines.join("\n       ")))
}

/// The most names that are listed.
const NAMES: usize = 3;

/// Describes symbols that are missing for one reason, and what calls them.
fn calls(all: &[&Undefined<'_>]) -> String {
    let mut users: Vec<_> = all.iter().filter_map(|each| each.user.as_ref()).collect();
    users.sort_unstable();
    users.dedup();
    let (users, verb) = match users.as_slice() {
        [] => ("the program".into(), "calls"),
        [_] => (quoted(users.into_iter()), "calls"),
        _ => (quoted(users.into_iter()), "call"),
    };
    let names: Vec<_> = all.iter().map(|each| each.symbol).collect();
    let shown = &names[..names.len().min(NAMES)];
    let mut text = format!("{users} {verb} {}", quoted(shown.iter()));
    if names.len() > NAMES {
        text += &format!(" and {} others", names.len() - NAMES);
    }
    if all.iter().any(|each| each.by_std) {
        text += " through the standard library";
    }
    text + ", which the image does not define"
}

fn quoted(names: impl Iterator<Item = impl Display>) -> String {
    let names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

/// Parses what follows `undefined symbol: `: the name, and for each reference a line with its place and one with the
/// object file and the function.
fn undefined<'a>(
    message: &'a str,
    package_of: &impl Fn(&str) -> Option<String>,
) -> Option<Undefined<'a>> {
    let mut lines = message.lines();
    let symbol = lines.next()?.trim();
    let references: Vec<_> = lines
        .map_while(|line| line.trim_start().strip_prefix(">>> "))
        .collect();
    let places = references
        .iter()
        .filter_map(|line| place(line.strip_prefix("referenced by ")?));
    let places: Vec<_> = places.collect();
    let by_std = places.iter().any(|place| place.contains("/library/std/"));
    let package = places.iter().find_map(|place| package_of(place));
    // Optimisation moves functions of the standard library into those that call them.
    let crates = references.iter().filter_map(|line| crate_of_function(line));
    let user = package.or(crates.map(String::from).next());
    Some(Undefined {
        symbol,
        user,
        by_std,
    })
}

/// Returns the file in `lib.rs:3 (b/src/lib.rs:3)`.
fn place(reference: &str) -> Option<&str> {
    let (_, place) = reference.split_once('(')?;
    Some(place.split_once(')')?.0.rsplit_once(':')?.0)
}

/// Returns the crate in `app.o:(app::main::h0123456789abcdef)`, unless it is one of Rust's own.
fn crate_of_function(line: &str) -> Option<&str> {
    const OF_RUST: [&str; 3] = ["std", "core", "alloc"];
    let (_, function) = line.trim_start().split_once(":(")?;
    let (name, _) = function.split_once("::")?;
    let name = name.trim_start_matches('<');
    let is_name = |name: &str| {
        let mut letters = name.chars();
        letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
    };
    (is_name(name) && !OF_RUST.contains(&name)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTE: &str = "\
rust-lld: error: undefined symbol: printf
>>> referenced by lib.rs:3 (b/src/lib.rs:3)
>>>               app.o:(b::print)

rust-lld: error: undefined symbol: posix_spawnp
>>> referenced by unix.rs:688 (/rustc/5980/library/std/src/sys/process/unix/unix.rs:688)
>>>               app.o:(app::main::h3f143ba41ccb0a46)

rust-lld: error: undefined symbol: getpwuid_r
>>> referenced by lib.rs:9 (b/src/lib.rs:9)
>>>               app.o:(b::home)

rust-lld: error: undefined symbol: _embassy_time_now
>>> referenced by lib.rs:9 (c/src/lib.rs:9)
";

    fn explained(has_std: bool) -> String {
        let package = |path: &str| (path == "b/src/lib.rs").then(|| "drags-libc".into());
        let failure = explain(NOTE, has_std, package).expect("an explanation");
        failure.to_string()
    }

    #[test]
    fn each_reason_names_the_functions_and_the_packages() {
        let text = explained(true);
        for line in [
            "`drags-libc` calls `printf`, which the image does not define: functions of C with",
            "`app` calls `posix_spawnp` through the standard library, which the image does not define: a unikernel is a",
            "`drags-libc` calls `getpwuid_r`, which the image does not define: an image has",
            "the program calls `_embassy_time_now`, which the image does not define: the feature `embassy-time`",
        ] {
            assert!(text.contains(line), "no {line} in:\n{text}");
        }
        assert_eq!(text.lines().count(), 4, "{text}");
    }

    #[test]
    fn a_program_without_std_has_no_c_library() {
        let text = explained(false);
        let line =
            "`getpwuid_r`, which the image does not define: an image without std has no C library";
        assert!(text.contains(line), "{text}");
    }

    #[test]
    fn another_message_is_not_explained() {
        let note = "rust-lld: error: no such file";
        assert!(explain(note, true, |_| None).is_none());
    }

    #[test]
    fn many_functions_are_counted() {
        let note: Vec<_> = ["fork", "execvp", "setsid", "setuid"]
            .map(|name| format!("rust-lld: error: undefined symbol: {name}\n"))
            .into();
        let failure = explain(&note.concat(), true, |_| None).expect("an explanation");
        let text = failure.to_string();
        assert!(
            text.contains("calls `fork`, `execvp`, `setsid` and 1 others, which"),
            "{text}"
        );
    }
}
