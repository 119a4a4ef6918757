//! The Rust toolchain, which distributions do not package in a recent enough version.

use std::process::Command;

/// The oldest rustc that builds unikernels.
const OLDEST: &str = env!("CARGO_PKG_RUST_VERSION");
/// How to get a newer one.
pub const CURE: &str = "run `rustup update stable`; rustup is at https://rustup.rs";

/// Returns the version of rustc, or why it cannot be used.
pub fn check() -> Result<String, String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output();
    let version = match output {
        Ok(output) if output.status.success() => {
            String::from_utf8_lossy(&output.stdout).into_owned()
        }
        _ => {
            return Err(format!(
                "rustc is not installed: {OLDEST} or newer is required"
            ));
        }
    };
    let version = version.trim();
    if number(version.trim_start_matches("rustc ")) < number(OLDEST) {
        return Err(format!(
            "{version} is too old: {OLDEST} or newer is required"
        ));
    }
    Ok(version.into())
}

/// Parses the major and minor version.
fn number(version: &str) -> (u32, u32) {
    let mut numbers = version
        .split(['.', '-', ' '])
        .map_while(|part| part.parse().ok());
    let mut next = || numbers.next().unwrap_or(0);
    (next(), next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_number() {
        assert!(number("1.100.0-nightly (a 2026-01-01)") > number("1.95"));
        assert!(number("1.9.0") < number("1.95"));
        assert_eq!(number("1.95.0 (59807616e 2026-04-14)"), number("1.95"));
    }

    #[test]
    fn the_toolchain_of_this_test_will_do() {
        assert!(check().is_ok());
    }
}
