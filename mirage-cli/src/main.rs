//! `cargo mirage`: builds, runs, tests and describes unikernels.
//!
//! There is one module per subcommand. The modules that they share are named after their subjects.

mod application;
mod arguments;
mod attached;
mod boot_arguments;
mod build;
mod cargo;
mod compile;
mod console;
mod describe;
mod doctor;
mod expand;
mod failure;
mod gdb;
mod guest;
mod image;
mod interrupt;
mod manifest;
mod memory;
mod new;
mod oci;
mod package;
mod plan;
mod ports;
mod power_button;
mod process;
mod qemu;
mod quote;
mod run;
mod size;
mod solo5;
mod spinner;
mod symbols;
mod test;
mod toml;
mod up;

use arguments::Subcommand;
use std::{
    process::ExitCode,
    sync::{Arc, atomic::AtomicBool},
};

fn main() -> ExitCode {
    // As of other programs, its life ends when nobody reads its output. Without this, `println!` panics.
    let ends = Arc::new(AtomicBool::new(true));
    let _ = signal_hook::flag::register_conditional_default(signal_hook::consts::SIGPIPE, ends);
    let result = match arguments::from_process() {
        Subcommand::Build(arguments) => build::build(&arguments),
        Subcommand::Run(arguments) => run::run(arguments),
        Subcommand::Up(arguments) => up::up(&arguments),
        Subcommand::Plan(arguments) => plan::plan(&arguments),
        Subcommand::Expand(arguments) => expand::expand(&arguments),
        Subcommand::Size(arguments) => size::size(&arguments),
        Subcommand::New(arguments) => new::new(&arguments),
        Subcommand::Describe(arguments) => describe::describe(&arguments),
        Subcommand::Test(arguments) => test::test(&arguments),
        Subcommand::Doctor(arguments) => doctor::doctor(&arguments),
        Subcommand::Tender(arguments) => solo5::tender(arguments.args),
    };
    result.unwrap_or_else(|failure| failure.report())
}
