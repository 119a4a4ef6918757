//! `cargo mirage plan`: prints the plan of an application, as a table or as rules for what enforces it elsewhere.

mod kubernetes;
mod nftables;
mod table;

use crate::{
    application::{Application, BuildOptions},
    arguments::{Plan, PlanFormat},
    failure::Result,
};
use mirage_graph::target::Target;
use std::process::ExitCode;

/// Prints the plan.
pub fn plan(options: &Plan) -> Result {
    // The plan is the same on each target, and a process is compiled in the shortest time.
    let application = Application::build(&BuildOptions {
        package: &options.package,
        profile: &options.profile,
        target: &|_| Target::Unix,
        args: None,
    })?;
    print!(
        "{}",
        match options.format {
            PlanFormat::Table => table::table(&application),
            PlanFormat::Nftables => nftables::rules(&application)?,
            PlanFormat::Kubernetes => kubernetes::policies(&application),
        }
    );
    Ok(ExitCode::SUCCESS)
}
