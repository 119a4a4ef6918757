//! What is built, and how: the options of cargo.

use clap::{ArgAction, Args};

/// The package, and how cargo builds it.
#[derive(Debug, Args)]
pub struct PackageOptions {
    /// The unikernel's package [default: the package of the current directory]
    #[arg(value_name = "PKG")]
    pub name: Option<String>,
    /// The same as PKG
    #[arg(short, long, value_name = "PKG", action = ArgAction::Append)]
    pub package: Vec<String>,
    /// The binary, if the package has several
    #[arg(long, value_name = "NAME")]
    pub bin: Option<String>,
    /// Cargo's option for the manifest.
    #[command(flatten)]
    pub manifest: clap_cargo::Manifest,
    /// Cargo's options for features.
    #[command(flatten)]
    pub features: clap_cargo::Features,
    /// Number of parallel jobs [default: the number of processors]
    #[arg(short, long, value_name = "N", allow_negative_numbers = true)]
    pub jobs: Option<String>,
    /// Fail if Cargo.lock would change
    #[arg(long)]
    pub locked: bool,
    /// Do not access the network
    #[arg(long)]
    pub offline: bool,
    /// The same as `--locked --offline`
    #[arg(long)]
    pub frozen: bool,
}

impl PackageOptions {
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
#[derive(Debug, Default, Args)]
pub struct Profile {
    /// Build with optimisations [default, except for `run` on `unix`]
    #[arg(short, long, overrides_with_all = ["debug", "profile"])]
    pub release: bool,
    /// Build without optimisations
    #[arg(long, overrides_with_all = ["release", "profile"])]
    pub debug: bool,
    /// Build with this profile of cargo
    #[arg(long, value_name = "NAME", overrides_with_all = ["release", "debug"])]
    pub profile: Option<String>,
}

impl Profile {
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
