//! What is built, and how: the options of cargo.

use super::option::{Matches, flag, option};
use clap::{Arg, ArgAction, value_parser};
use std::path::PathBuf;

/// The package, and how cargo builds it.
#[derive(Clone, Debug)]
pub struct PackageOptions {
    /// The unikernel's package [default: the package of the current directory]
    pub name: Option<String>,
    /// The same as PKG
    pub package: Vec<String>,
    /// The binary, if the package has several
    pub bin: Option<String>,
    /// Path to Cargo.toml
    pub manifest_path: Option<PathBuf>,
    /// The features of the package.
    pub features: Features,
    /// Number of parallel jobs [default: the number of processors]
    pub jobs: Option<String>,
    /// Fail if Cargo.lock would change
    pub locked: bool,
    /// Do not access the network
    pub offline: bool,
    /// The same as `--locked --offline`
    pub frozen: bool,
}

/// The features of the package.
#[derive(Clone, Debug)]
pub struct Features {
    /// Activate all available features
    pub all_features: bool,
    /// Do not activate the `default` feature
    pub no_default_features: bool,
    /// Space-separated list of features to activate
    pub features: Vec<String>,
}

impl PackageOptions {
    /// The same for a whole workspace.
    pub fn of_workspace(&self) -> Self {
        Self {
            name: None,
            package: Vec::new(),
            bin: None,
            ..self.clone()
        }
    }

    /// Reads the options of [`package`].
    pub(super) fn read(matches: &mut Matches) -> Self {
        Self {
            name: matches.one("name"),
            package: matches.many("package"),
            bin: matches.one("bin"),
            manifest_path: matches.one("manifest-path"),
            features: Features {
                all_features: matches.flag("all-features"),
                no_default_features: matches.flag("no-default-features"),
                features: matches.many("features"),
            },
            jobs: matches.one("jobs"),
            locked: matches.flag("locked"),
            offline: matches.flag("offline"),
            frozen: matches.flag("frozen"),
        }
    }

    /// The packages that are named.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let names = self.name.iter().chain(&self.package);
        names.map(String::as_str)
    }

    /// Cargo's options for the lock file and the network.
    pub fn lock_options(&self) -> Vec<String> {
        let options = [
            ("--locked", self.locked),
            ("--offline", self.offline),
            ("--frozen", self.frozen),
        ];
        let given = options.into_iter().filter(|(_, is_given)| *is_given);
        given.map(|(option, _)| option.into()).collect()
    }
}

/// Whether to optimise.
#[derive(Debug, Default)]
pub struct Profile {
    /// Build with optimisations [default, except for `run` on `unix`]
    pub release: bool,
    /// Build without optimisations
    pub debug: bool,
    /// Build with this profile of cargo
    pub profile: Option<String>,
}

impl Profile {
    /// Reads the options of [`profile`].
    pub(super) fn read(matches: &mut Matches) -> Self {
        Self {
            release: matches.flag("release"),
            debug: matches.flag("debug"),
            profile: matches.one("profile"),
        }
    }

    /// The name of the chosen profile, or else `default`.
    pub fn name<'a>(&'a self, default: &'a str) -> &'a str {
        match self {
            Self {
                profile: Some(name),
                ..
            } => name,
            Self { release: true, .. } => RELEASE,
            Self { debug: true, .. } => DEV,
            _ => default,
        }
    }
}

/// The name of cargo's profile with optimisations.
pub const RELEASE: &str = "release";
/// The name of cargo's profile without them.
pub const DEV: &str = "dev";

/// The options of [`PackageOptions`].
pub(super) fn package() -> [Arg; 11] {
    let name = Arg::new("name").value_name("PKG");
    let jobs = "Number of parallel jobs [default: the number of processors]";
    let features = option(
        "features",
        "FEATURES",
        "Space-separated list of features to activate",
    );
    [
        name.help("The unikernel's package [default: the package of the current directory]"),
        option("package", "PKG", "The same as PKG")
            .short('p')
            .action(ArgAction::Append),
        option("bin", "NAME", "The binary, if the package has several"),
        option("manifest-path", "PATH", "Path to Cargo.toml")
            .short('m')
            .value_parser(value_parser!(PathBuf)),
        flag("all-features", "Activate all available features"),
        flag(
            "no-default-features",
            "Do not activate the `default` feature",
        ),
        features
            .short('F')
            .value_delimiter(' ')
            .action(ArgAction::Append),
        option("jobs", "N", jobs)
            .short('j')
            .allow_negative_numbers(true),
        flag("locked", "Fail if Cargo.lock would change"),
        flag("offline", "Do not access the network"),
        flag("frozen", "The same as `--locked --offline`"),
    ]
}

/// The options of [`Profile`].
pub(super) fn profile() -> [Arg; 3] {
    let release = "Build with optimisations [default, except for `run` on `unix`]";
    [
        flag("release", release)
            .short('r')
            .overrides_with_all(["debug", "profile"]),
        flag("debug", "Build without optimisations").overrides_with_all(["release", "profile"]),
        option("profile", "NAME", "Build with this profile of cargo")
            .overrides_with_all(["release", "debug"]),
    ]
}
