//! `cargo mirage run`

mod boot;
mod machine;
pub mod process;
mod tender;

use crate::{
    arguments::{DEV, NetBackend, RELEASE, Run},
    attached, boot_arguments,
    boot_arguments::BootArguments,
    compile, doctor,
    failure::{Failure, Result, note},
    package::Unikernel,
    ports::{Forward, Port},
    solo5::Tender,
};
use boot::Boot;
use mirage_graph::{
    argument::HELP_SHOWN,
    graph::Graph,
    target::{LogLevel, Target},
};
use std::process::ExitCode;

/// Builds the unikernel and runs it.
pub fn run(mut options: Run) -> Result {
    take_forwards(&mut options)?;
    check_options(&options)?;
    check_prerequisites(&options)?;
    let unikernel = Unikernel::find(&options.package)?;
    // A debugger finds the lines and variables of code that is not optimised.
    let profile = options.profile.name(match options.target {
        _ if options.gdb.is_some() => DEV,
        Target::Unix => DEV,
        _ => RELEASE,
    });
    let image = compile::compile(&unikernel, &options.package, profile, options.target)?;
    let parsed = boot_arguments::parse(&image.graph, options.target, &options.arguments)?;
    let (mut args, graph) = match parsed {
        BootArguments::Run(args, graph) => (args, graph),
        BootArguments::Help(help) => {
            print!("{help}");
            return Ok(ExitCode::from(HELP_SHOWN));
        }
    };
    if options.target == Target::Unix {
        boot_arguments::take_process_options(&mut args, &mut options)?;
    }
    let options = &options;
    check_ports(&graph, &options.ports, options.target)?;
    let interfaces = attached::attach_interfaces(&graph, &options.net)?;
    let mut backends = interfaces.iter().map(|interface| &interface.backend);
    let user_network = backends.any(|backend| *backend == NetBackend::User);
    if !options.ports.is_empty() && !user_network {
        return Err(Failure::usage(
            "`-P` forwards ports of the user network; on a TAP device the unikernel has its own address",
        ));
    }
    if !options.dry_run && reports_ports(&graph, options.target, user_network) {
        boot_arguments::request_ports(&mut args);
    }
    let disks = attached::attach_disks(&graph, &options.block, &image.path)?;
    let boot = Boot {
        options,
        crate_name: &unikernel.crate_name(),
        image: &image,
        graph: &graph,
        interfaces: &interfaces,
        disks: &disks,
        args: &args,
    };
    match options.target {
        Target::Unix => process::run(&boot),
        Target::Virtio => machine::run(&boot),
        Target::Hvt | Target::Spt => tender::run(&boot),
    }
}

/// Returns whether the unikernel is asked to report its open ports: because the tool waits for them, or
/// because the log does not contain them. Nothing waits for a process, which replaces the tool.
fn reports_ports(graph: &Graph, target: Target, user_network: bool) -> bool {
    let ports = Port::all(graph);
    // QEMU forwards over IPv4 only.
    let by_ipv6 = target == Target::Spt;
    let is_forwarded = user_network && ports.iter().any(|port| port.has_ipv4 || by_ipv6);
    let is_awaited = is_forwarded && target != Target::Unix;
    (is_awaited || graph.log < LogLevel::Info) && !ports.is_empty()
}

/// Takes each `-p HOST:GUEST` as `-P`, which it was before `-p` became cargo's `--package`.
fn take_forwards(options: &mut Run) -> Result<()> {
    let with_colon = |name: &mut String| name.contains(':') && !name.contains('/');
    for forward in options.package.package.extract_if(.., with_colon) {
        let parsed = forward.parse::<Forward>();
        let wrong = |cause| Failure::usage(format_args!("`-p {forward}`: {cause}"));
        options.ports.push(parsed.map_err(wrong)?);
        note(format_args!(
            "`-p {forward}` forwards a port; its letter is `-P` now, because `-p` is cargo's `--package`"
        ));
    }
    Ok(())
}

/// Refuses options that would have no effect.
fn check_options(options: &Run) -> Result<()> {
    const VIRTIO: &[Target] = &[Target::Virtio];
    const TENDERS: &[Target] = &[Target::Hvt, Target::Spt];
    for (option, is_given, targets) in [
        ("--machine", options.machine.is_some(), VIRTIO),
        ("--accel", options.accel.is_some(), VIRTIO),
        ("--gdb", options.gdb.is_some(), VIRTIO),
        ("--memory", options.memory.is_some(), &Target::MACHINES),
        ("--tender", options.tender.is_some(), TENDERS),
    ] {
        if is_given && !targets.contains(&options.target) {
            let names: Vec<_> = targets.iter().map(|target| target.name()).collect();
            return Err(Failure::usage(format_args!(
                "`{option}` does not apply to the target `{}`",
                options.target.name()
            ))
            .help(format_args!("it applies to `-t {}`", names.join("`, `-t "))));
        }
    }
    Ok(())
}

/// Refuses a forward to a port that the unikernel does not declare or that only IPv6 reaches, and a second one to
/// the same port.
fn check_ports(graph: &Graph, forwards: &[Forward], target: Target) -> Result<()> {
    let ports = Port::all(graph);
    for (index, forward) in forwards.iter().enumerate() {
        let mut before = forwards[..index].iter();
        if before.any(|other| other.guest == forward.guest) {
            return Err(Failure::usage(format_args!(
                "port {} of the unikernel is forwarded twice",
                forward.guest
            )));
        }
        let mut found = ports.iter().filter(|port| port.number == forward.guest);
        let is_declared = found.clone().next().is_some();
        let needs_ipv4 = !matches!(target, Target::Unix | Target::Spt);
        if is_declared && needs_ipv4 && !found.any(|port| port.has_ipv4) {
            return Err(Failure::usage(format_args!(
                "port {} has no IPv4 address, to which the user network would forward",
                forward.guest
            ))
            .help("attach the interface to a TAP device with `--net tap=IFACE`"));
        }
        if !is_declared {
            let declared: Vec<_> = ports.iter().map(|port| port.number.to_string()).collect();
            return Err(Failure::usage(format_args!(
                "the unikernel has no port {}",
                forward.guest
            ))
            .help(match declared.as_slice() {
                [] => "it declares no ports".into(),
                ports => format!("it declares {}", ports.join(", ")),
            }));
        }
    }
    Ok(())
}

/// Checks that the programs that run images of the target are installed.
fn check_prerequisites(options: &Run) -> Result<()> {
    match options.target {
        Target::Unix => Ok(()),
        _ if options.dry_run => Ok(()),
        Target::Virtio => doctor::require(doctor::MACHINE, options.setup.install),
        Target::Hvt | Target::Spt => {
            Tender::for_target(options.target, options.tender)?.check_installed()
        }
    }
}
