//! A crate that has the runtime under another name, in the table of its dependencies and in that of
//! its examples and tests.
#![no_std]

/// The unikernel's boot arguments.
#[derive(Debug, rt::Args)]
pub struct Opts {
    /// How often
    #[arg(default = "3")]
    pub times: u8,
}
