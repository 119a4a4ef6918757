//! `cargo mirage run`

use crate::{
    arguments::{Accel, DiskFile, Machine, Net, Run},
    attachment::{self, Attached, Kept},
    boot_arguments::{self, BootArguments},
    compile::{self, Image},
    doctor,
    failure::{Failure, Result},
    manifest, memory,
    package::Unikernel,
    ports::{Forward, Port},
    qemu,
};
use mirage_graph::{argument::HELP_SHOWN, graph::Graph, target::Target};
use std::{
    os::unix::process::CommandExt,
    process::{Command, ExitCode},
};

/// Builds the unikernel and runs it where it was built for.
pub fn run(arguments: &Run) -> Result {
    possible(arguments)?;
    if arguments.target == Target::Virtio && !arguments.dry_run {
        doctor::require(doctor::MACHINE, arguments.setup.install)?;
    }
    let unikernel = Unikernel::find(&arguments.source)?;
    let image = compile::compile(
        &unikernel,
        &arguments.source,
        &arguments.profile,
        arguments.target,
    )?;
    let graph = manifest::read(&image.path)?;
    known(&graph, &arguments.ports)?;
    let told = boot_arguments::read(&graph, arguments.target, &arguments.arguments)?;
    let (words, graph) = match told {
        BootArguments::Run(words, graph) => (words, graph),
        BootArguments::Help(help) => {
            print!("{help}");
            return Ok(ExitCode::from(HELP_SHOWN));
        }
    };
    let interfaces = attachment::of_interfaces(&graph, &arguments.net)?;
    let user = interfaces
        .iter()
        .any(|interface| interface.net == Net::User);
    if !arguments.ports.is_empty() && !user {
        return Err(Failure::usage(
            "`-p` publishes ports of the user network; at a TAP the unikernel has an address of its own",
        ));
    }
    let disks = match arguments.target {
        // The process keeps its disks itself.
        Target::Unix => Vec::new(),
        _ => attachment::of_disks(&graph, &arguments.block, &image.path)?,
    };
    match arguments.target {
        Target::Unix => process(arguments, &image, &interfaces, &words),
        _ => machine(arguments, &image, &graph, &interfaces, &disks, &words),
    }
}

/// Refuses options that would have no effect.
fn possible(arguments: &Run) -> Result<()> {
    let of_machines = [
        ("--machine", arguments.machine.is_some()),
        ("--accel", arguments.accel.is_some()),
        ("--memory", arguments.memory.is_some()),
    ];
    for (option, given) in of_machines {
        if given && arguments.target == Target::Unix {
            return Err(Failure::usage(format_args!(
                "`{option}` is for a machine, and the target `unix` is a process"
            ))
            .help("`-t virtio` boots a machine"));
        }
    }
    let ports = &arguments.ports;
    for (index, port) in ports.iter().enumerate() {
        if ports[..index].iter().any(|other| other.guest == port.guest) {
            return Err(Failure::usage(format_args!(
                "port {} of the unikernel is published twice",
                port.guest
            )));
        }
    }
    Ok(())
}

/// Refuses a forward to a port that nobody listens on.
fn known(graph: &Graph, asked: &[Forward]) -> Result<()> {
    let ports = Port::all(graph);
    for forward in asked {
        if !ports.iter().any(|port| port.number == forward.guest) {
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

/// The tool becomes the unikernel.
fn process(
    arguments: &Run,
    image: &Image,
    interfaces: &[Attached<'_>],
    words: &[String],
) -> Result {
    let mut line = vec![image.path.to_string_lossy().into_owned()];
    for forward in &arguments.ports {
        line.extend(["-p".into(), format!("{}:{}", forward.host, forward.guest)]);
    }
    for Attached { name, net, .. } in interfaces {
        if let Net::Tap(tap) = net {
            line.extend(["--net".into(), format!("{name}:tap={tap}")]);
        }
    }
    for DiskFile { node, path } in &arguments.block {
        let node = node.iter().map(|node| format!("{node}:"));
        let value = node.collect::<String>() + "file=" + &path.to_string_lossy();
        line.extend(["--block".into(), value]);
    }
    line.extend_from_slice(words);
    if announced(arguments, &line) {
        return Ok(ExitCode::SUCCESS);
    }
    let cause = Command::new(&line[0]).args(&line[1..]).exec();
    Err(Failure::new(format_args!("{}: {cause}", line[0])))
}

fn machine(
    arguments: &Run,
    image: &Image,
    graph: &Graph,
    interfaces: &[Attached<'_>],
    disks: &[Kept<'_>],
    words: &[String],
) -> Result {
    let options = qemu::Options {
        machine: arguments.machine.unwrap_or(Machine::Q35),
        accel: arguments.accel.unwrap_or(Accel::Auto),
        interfaces,
        disks,
        memory: memory::of(graph, arguments.memory),
        ports: &arguments.ports,
        arguments: words,
    };
    let line = qemu::command_line(&image.path, graph, &options)?;
    if announced(arguments, &line) {
        return Ok(ExitCode::SUCCESS);
    }
    let mut ports = Port::all(graph);
    ports.retain(|port| interfaces[port.interface].net == Net::User);
    let awaited = (!ports.is_empty()).then(|| qemu::Awaited {
        messages: ports.iter().map(Port::opened).collect(),
        then: Box::new(|| table(&ports, &arguments.ports)),
    });
    qemu::boot(&graph.name, &line, &image.symbols, awaited)
}

/// Prints the command line if that was asked for. Whether that was all that was asked for.
fn announced(arguments: &Run, line: &[String]) -> bool {
    if arguments.dry_run {
        println!("{}", qemu::quoted(line));
    } else if arguments.verbose {
        eprintln!("{}", qemu::quoted(line));
    }
    arguments.dry_run
}

/// Where each port is reached.
fn table(ports: &[Port], asked: &[Forward]) {
    for port in ports {
        let Forward { host, guest } = Forward::to(port.number, asked);
        eprintln!(
            "{:12} {} {guest:5} at {}:{host}",
            port.name,
            port.protocol,
            port.host_address()
        );
    }
}
