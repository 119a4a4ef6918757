//! `cargo mirage describe`

mod dot;
mod svg;
mod text;
mod tree;

use crate::{
    arguments::{DEV, Describe, MessageFormat, Picture, RELEASE},
    compile,
    failure::Result,
    package::Unikernel,
};
use mirage_graph::target::Target;
use std::process::ExitCode;

/// Prints the device graph of a unikernel.
pub fn describe(arguments: &Describe) -> Result {
    let unikernel = Unikernel::find(&arguments.package)?;
    // Optimisation does not affect the graph, but it affects the size of the image.
    let profile = match arguments.target {
        Target::Unix => DEV,
        _ => RELEASE,
    };
    let image = compile::compile(&unikernel, &arguments.package, profile, arguments.target)?;
    let graph = &image.graph;
    let format = match arguments.message_format {
        MessageFormat::Json => Picture::Json,
        MessageFormat::Human => arguments.format,
    };
    match format {
        Picture::Tree => anstream::print!("{}", tree::draw(graph)),
        Picture::Json => println!("{}", graph.manifest()),
        Picture::Dot => print!("{}", dot::draw(graph)),
        Picture::Svg => print!("{}", svg::draw(graph)),
    }
    Ok(ExitCode::SUCCESS)
}
