//! Reads the options of each subcommand from clap's matches.

use super::{
    Build, Describe, Doctor, Expand, New, Plan, Run, Setup, Size, Subcommand, Tender, Test, Up,
    command,
    option::Matches,
    selection::{PackageOptions, Profile},
};
use clap::ArgMatches;

/// Reads the process's arguments. Prints help, the version and errors, and exits then.
pub fn from_process() -> Subcommand {
    let mut arguments: Vec<_> = std::env::args_os().collect();
    // The `mirage` that cargo inserts for `cargo mirage`.
    if arguments.get(1).is_some_and(|first| first == "mirage") {
        arguments.remove(1);
    }
    let mut matches = command::tool().get_matches_from(arguments);
    let (name, matches) = matches.remove_subcommand().expect("one is required");
    subcommand(&name, matches)
}

/// Reads the options of the subcommand `name`.
fn subcommand(name: &str, matches: ArgMatches) -> Subcommand {
    let mut matches = Matches::new(matches);
    match name {
        "build" => Subcommand::Build(Build {
            package: PackageOptions::read(&mut matches),
            workspace: matches.flag("workspace"),
            targets: matches.many("target"),
            profile: Profile::read(&mut matches),
            oci: matches.flag("oci"),
            message_format: matches.required("message-format"),
        }),
        "run" => Subcommand::Run(Run {
            package: PackageOptions::read(&mut matches),
            target: matches.required("target"),
            profile: Profile::read(&mut matches),
            ports: matches.many("publish"),
            tender: matches.one("tender"),
            machine: matches.one("machine"),
            accel: matches.one("accel"),
            net: matches.many("net"),
            block: matches.many("block"),
            memory: matches.one("memory"),
            gdb: matches.one("gdb"),
            dry_run: matches.flag("dry-run"),
            verbose: matches.flag("verbose"),
            arguments: matches.many("arguments"),
            setup: Setup::read(&matches),
        }),
        "up" => Subcommand::Up(Up {
            package: PackageOptions::read(&mut matches),
            targets: matches.many("target"),
            profile: Profile::read(&mut matches),
            ports: matches.many("publish"),
            only: matches.many("only"),
            arguments: matches.many("arguments"),
            machine: matches.one("machine"),
            accel: matches.one("accel"),
            dry_run: matches.flag("dry-run"),
            verbose: matches.flag("verbose"),
            setup: Setup::read(&matches),
        }),
        "plan" => Subcommand::Plan(Plan {
            package: PackageOptions::read(&mut matches),
            profile: Profile::read(&mut matches),
            format: matches.required("format"),
        }),
        "test" => Subcommand::Test(Test {
            package: PackageOptions::read(&mut matches),
            workspace: matches.flag("workspace"),
            setup: Setup::read(&matches),
            filters: matches.many("filters"),
        }),
        "describe" => Subcommand::Describe(Describe {
            package: PackageOptions::read(&mut matches),
            target: matches.required("target"),
            format: matches.required("format"),
            message_format: matches.required("message-format"),
        }),
        "expand" => Subcommand::Expand(Expand {
            package: PackageOptions::read(&mut matches),
        }),
        "size" => Subcommand::Size(Size {
            package: PackageOptions::read(&mut matches),
            target: matches.required("target"),
            profile: Profile::read(&mut matches),
        }),
        "new" => Subcommand::New(New {
            path: matches.required("path"),
            std: matches.flag("std"),
            git: matches.one("git"),
            runtime: matches.one("runtime"),
        }),
        "doctor" => Subcommand::Doctor(Doctor {
            setup: Setup::read(&matches),
        }),
        "tender" => Subcommand::Tender(Tender {
            args: matches.many("args"),
        }),
        _ => unreachable!("clap knows no other subcommand"),
    }
}

/// Reads the options of a package from the words of a command line.
#[cfg(test)]
pub fn package_options(words: &[&str]) -> Result<PackageOptions, clap::Error> {
    let words = ["cargo-mirage", "expand"].iter().chain(words);
    let mut matches = command::tool().try_get_matches_from(words)?;
    let (_, matches) = matches.remove_subcommand().expect("one is given");
    Ok(PackageOptions::read(&mut Matches::new(matches)))
}

impl Setup {
    fn read(matches: &Matches) -> Self {
        Self {
            install: matches.flag("install"),
        }
    }
}
