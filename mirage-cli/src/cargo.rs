//! Runs cargo.

use crate::arguments::PackageOptions;
use std::process::Command;

/// Returns cargo: the one that runs this tool, or else that in the PATH.
pub fn program() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Returns `cargo SUBCOMMAND` with the user's options for features, jobs, the lock file and the network.
pub fn command(subcommand: &str, options: &PackageOptions) -> Command {
    let mut cargo = program();
    cargo.arg(subcommand).args(options.lock_options());
    // `cargo clean` has no other options of these.
    if subcommand == "clean" {
        return cargo;
    }
    if let Some(jobs) = &options.jobs
        && subcommand != "tree"
    {
        cargo.args(["--jobs", jobs]);
    }
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
