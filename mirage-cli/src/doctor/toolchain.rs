//! The Rust toolchain, which distributions do not package in a recent enough version.

use std::process::Command;

/// The oldest rustc that builds unikernels.
const OLDEST: &str = env!("CARGO_PKG_RUST_VERSION");
/// How to get a newer one.
pub const CURE: &str = "run `rustup update stable`; rustup is at https://rustup.rs";

/// Returns the version of rustc, or why it cannot be used.
pub fn check() -> Result<String, String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output().ok();
    let Some(output) = output.filter(|output| output.status.success()) else {
        return Err(format!(
            "rustc is not installed: {OLDEST} or newer is required"
        ));
    };
    let line = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if is_recent(&line) {
        Ok(line)
    } else {
        Err(format!("{line} is too old: {OLDEST} or newer is required"))
    }
}

/// Returns whether `line` is the output of `rustc --version` of a recent enough version.
fn is_recent(line: &str) -> bool {
    let version = line.strip_prefix("rustc ").unwrap_or(line);
    let version = version.split(' ').next().unwrap_or_default();
    // A pre-release precedes its version.
    let (numbers, is_before) = match version.split_once('-') {
        Some((numbers, _)) => (numbers, true),
        None => (version, false),
    };
    let oldest = format!("{OLDEST}.0");
    match (self::numbers(numbers), self::numbers(&oldest)) {
        (Some(found), Some(oldest)) if is_before => found > oldest,
        (Some(found), Some(oldest)) => found >= oldest,
        _ => false,
    }
}

/// Reads `1.95.0`.
fn numbers(version: &str) -> Option<Vec<u32>> {
    let numbers = version.split('.').map(|number| number.parse().ok());
    numbers.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_number() {
        assert!(is_recent("rustc 1.100.0-nightly (a 2026-01-01)"));
        assert!(is_recent("rustc 1.95.0 (59807616e 2026-04-14)"));
        assert!(!is_recent("rustc 1.95.0-nightly (a 2026-01-01)"));
        assert!(!is_recent("rustc 1.9.0 (a 2016-01-01)"));
        assert!(!is_recent("rustc"));
    }

    #[test]
    fn the_toolchain_of_this_test_will_do() {
        assert!(check().is_ok());
    }
}
