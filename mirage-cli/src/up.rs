//! `cargo mirage up`: builds and runs all unikernels of an application.

mod network;
mod output;
mod published;
mod start;
mod supervisor;

use crate::{
    application::{Application, BuildOptions},
    arguments::Up,
    doctor,
    failure::{Context, Failure, Result, note},
    interrupt::Interrupt,
    quote::quote,
    solo5::Tender,
};
use mirage_graph::{restart::Restart, target::Target};
use network::Networks;
use output::Output;
use start::Line;
use std::{collections::BTreeSet, process::ExitCode, sync::Arc};
use supervisor::Supervisor;

/// Builds the application and runs it until all its unikernels have ended.
pub fn up(options: &Up) -> Result {
    check_options(options)?;
    let args = named_args(options)?;
    let application = Application::build(&BuildOptions {
        package: &options.package,
        profile: &options.profile,
        target: &|is_program| options.target(is_program),
        args: Some(&args),
    })?;
    check_names(options, &args, &application)?;
    let published = published::publish(&application, &options.ports)?;
    if options.dry_run {
        note("each descriptor of these lines is a socket of `cargo mirage up`");
        for member in &application.members {
            // In place of descriptors.
            let descriptors: Vec<_> = (3..).take(member.graph().interfaces().count()).collect();
            let mut line = Line::new(member, &descriptors, options)?;
            println!("{}", quote(&line.args(&mut None)?));
        }
        return Ok(ExitCode::SUCCESS);
    }
    check_prerequisites(options, &application)?;
    for port in &published {
        port.published.check_free().map_err(published::not_free)?;
    }
    let output = Arc::new(Output::new(&application, &options.only));
    let mut networks = Networks::new(&application, &published, &output)?;
    let interrupt = Interrupt::new(false).context("the signals")?;
    networks.run(&output);
    let start = |position: usize| {
        let member = &application.members[position];
        let started = start::start(member, networks.links(position), options);
        if member.membership.restart == Restart::No {
            // Only the unikernel has its ends of the links now, so they close when it ends.
            networks.release(position);
        }
        started
    };
    let supervisor = Supervisor::new(&application, &output, interrupt, Box::new(start));
    Ok(supervisor.run(&published))
}

/// Refuses options that would have no effect.
fn check_options(options: &Up) -> Result<()> {
    let mut targets = options.targets.iter();
    let has_machine = targets.any(|it| it.target == Target::Virtio);
    for (option, is_given) in [
        ("--machine", options.machine.is_some()),
        ("--accel", options.accel.is_some()),
    ] {
        if is_given && !has_machine {
            return Err(Failure::usage(format_args!(
                "`{option}` applies to the target `virtio` only"
            )));
        }
    }
    if options.package.bin.is_some() {
        return Err(Failure::usage("`up` runs all unikernels of an application")
            .help("`cargo mirage run --bin` runs one"));
    }
    Ok(())
}

/// The boot arguments, each with the name of its unikernel: `web:--verbose`.
fn named_args(options: &Up) -> Result<Vec<(String, String)>> {
    let split = |arg: &String| {
        let (name, arg) = arg.split_once(':')?;
        let is_argument = arg.starts_with('-') && !name.starts_with('-');
        is_argument.then(|| (name.into(), arg.into()))
    };
    let args = options.arguments.iter().map(|arg| {
        split(arg).ok_or_else(|| {
            Failure::usage(format_args!("`{arg}` does not say whose argument it is"))
                .help("write `NAME:--ARGUMENT=VALUE`, with the name of a unikernel")
        })
    });
    args.collect()
}

/// Refuses names of no unikernel.
fn check_names(options: &Up, args: &[(String, String)], application: &Application) -> Result<()> {
    let is_member = |name: &String| application.members.iter().any(|it| it.name() == name);
    let of_targets = options
        .targets
        .iter()
        .filter_map(|it| it.unikernel.as_ref());
    match options
        .only
        .iter()
        .chain(of_targets)
        .chain(args.iter().map(|(name, _)| name))
        .find(|name| !is_member(name))
    {
        None => Ok(()),
        Some(unknown) => Err(application.unknown(unknown)),
    }
}

fn check_prerequisites(options: &Up, application: &Application) -> Result<()> {
    let targets = application.members.iter().map(|member| member.image.target);
    for target in targets.collect::<BTreeSet<_>>() {
        match target {
            Target::Unix => {}
            Target::Virtio => doctor::require(doctor::MACHINE, options.setup.install)?,
            Target::Hvt | Target::Spt => Tender::for_target(target, None)?.check_installed()?,
        }
    }
    Ok(())
}
