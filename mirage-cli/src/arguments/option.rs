//! Options: how they are declared, and how their values are read.

use clap::{Arg, ArgAction, ArgMatches};

/// An option without a value.
pub(super) fn flag(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name)
        .long(name)
        .action(ArgAction::SetTrue)
        .help(help)
}

/// An option with a value.
pub(super) fn option(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).help(help)
}

/// The options that were given.
pub(super) struct Matches(ArgMatches);

impl Matches {
    /// The options of a subcommand.
    pub(super) fn new(matches: ArgMatches) -> Self {
        Self(matches)
    }

    /// Whether an option without a value was given.
    pub(super) fn flag(&self, name: &str) -> bool {
        self.0.get_flag(name)
    }

    /// The value of an option.
    pub(super) fn one<T: Clone + Send + Sync + 'static>(&mut self, name: &str) -> Option<T> {
        self.0.remove_one(name)
    }

    /// The value of an option that is required or has a default.
    pub(super) fn required<T: Clone + Send + Sync + 'static>(&mut self, name: &str) -> T {
        self.one(name).expect("clap has checked this")
    }

    /// The values of an option that may be repeated.
    pub(super) fn many<T: Clone + Send + Sync + 'static>(&mut self, name: &str) -> Vec<T> {
        self.0.remove_many(name).into_iter().flatten().collect()
    }
}
