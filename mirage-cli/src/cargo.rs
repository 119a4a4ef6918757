//! Runs cargo.

use crate::arguments::PackageOptions;
use std::process::Command;

/// Returns cargo: the one that runs this tool, or else that in the PATH.
pub fn program() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Returns `cargo SUBCOMMAND` with the user's options for the lock file and the network.
pub fn plain(subcommand: &str, options: &PackageOptions) -> Command {
    let mut cargo = program();
    cargo.arg(subcommand).args(options.lock_options());
    cargo
}

/// Returns [`plain`] with the user's options for features.
pub fn with_features(subcommand: &str, options: &PackageOptions) -> Command {
    let mut cargo = plain(subcommand, options);
    let features = &options.features;
    if features.all_features {
        cargo.arg("--all-features");
    }
    if features.no_default_features {
        cargo.arg("--no-default-features");
    }
    for features in &features.features {
        cargo.args(["--features", features]);
    }
    cargo
}

/// Returns [`with_features`] with the user's number of jobs, for a subcommand that compiles.
pub fn command(subcommand: &str, options: &PackageOptions) -> Command {
    let mut cargo = with_features(subcommand, options);
    if let Some(jobs) = &options.jobs {
        cargo.args(["--jobs", jobs]);
    }
    cargo
}
