//! `cargo mirage run`

mod machine;
mod process;
mod tender;

use crate::{
    arguments::{NetBackend, Run},
    attachment::{self, AttachedDisk, AttachedInterface},
    boot_arguments::{self, BootArguments},
    compile::{self, Image},
    console::AwaitedPorts,
    doctor,
    failure::{Failure, Result},
    guest::{End, Guest},
    package::Unikernel,
    ports::{Forward, Port, published},
    quote::quoted,
    solo5::Tender,
};
use mirage_graph::{
    argument::HELP_SHOWN,
    graph::Graph,
    port::loopback,
    target::{LogLevel, Target},
};
use mirage_tender::tap;
use mirage_user_network::Addresses;
use std::process::ExitCode;

/// Builds the unikernel and runs it.
pub fn run(arguments: &Run) -> Result {
    possible(arguments)?;
    prepared(arguments)?;
    let unikernel = Unikernel::find(&arguments.source)?;
    let image = compile::compile(
        &unikernel,
        &arguments.source,
        &arguments.profile,
        arguments.target,
    )?;
    known(&image.graph, &arguments.ports)?;
    let told = boot_arguments::read(&image.graph, arguments.target, &arguments.arguments)?;
    let (mut words, graph) = match told {
        BootArguments::Run(words, graph) => (words, graph),
        BootArguments::Help(help) => {
            print!("{help}");
            return Ok(ExitCode::from(HELP_SHOWN));
        }
    };
    let interfaces = attachment::attach_interfaces(&graph, &arguments.net)?;
    let user = interfaces
        .iter()
        .any(|interface| interface.backend == NetBackend::User);
    if !arguments.ports.is_empty() && !user {
        return Err(Failure::usage(
            "`-p` forwards ports of the user network; on a TAP device the unikernel has its own address",
        ));
    }
    if !arguments.dry_run && reports_ports(&graph, arguments.target, user) {
        boot_arguments::request_ports(&mut words);
    }
    let disks = attachment::attach_disks(&graph, &arguments.block, &image.path)?;
    let boot = Boot {
        arguments,
        image: &image,
        graph: &graph,
        interfaces: &interfaces,
        disks: &disks,
        words: &words,
    };
    match arguments.target {
        Target::Unix => process::run(&boot),
        Target::Virtio => machine::run(&boot),
        Target::Hvt | Target::Spt => tender::run(&boot),
    }
}

/// Returns whether the unikernel is asked to report its open ports: because the tool waits for them, or
/// because the log does not contain them. Nothing waits for a process, which replaces the tool.
fn reports_ports(graph: &Graph, target: Target, user_network: bool) -> bool {
    let is_awaited = user_network && target != Target::Unix;
    (is_awaited || graph.log < LogLevel::Info) && !Port::all(graph).is_empty()
}

/// Refuses options that would have no effect.
fn possible(arguments: &Run) -> Result<()> {
    const TENDERS: &[Target] = &[Target::Hvt, Target::Spt];
    let limited = [
        (
            "--machine",
            arguments.machine.is_some(),
            &[Target::Virtio][..],
        ),
        ("--accel", arguments.accel.is_some(), &[Target::Virtio]),
        (
            "--memory",
            arguments.memory.is_some(),
            &[Target::Virtio, Target::Hvt, Target::Spt],
        ),
        ("--tender", arguments.tender.is_some(), TENDERS),
    ];
    for (option, given, targets) in limited {
        if given && !targets.contains(&arguments.target) {
            let names: Vec<_> = targets.iter().map(|target| target.name()).collect();
            return Err(Failure::usage(format_args!(
                "`{option}` does not apply to the target `{}`",
                arguments.target.name()
            ))
            .help(format_args!("it applies to `-t {}`", names.join("`, `-t "))));
        }
    }
    let ports = &arguments.ports;
    for (index, port) in ports.iter().enumerate() {
        if ports[..index].iter().any(|other| other.guest == port.guest) {
            return Err(Failure::usage(format_args!(
                "port {} of the unikernel is forwarded twice",
                port.guest
            )));
        }
    }
    Ok(())
}

/// Refuses a forward to a port that the unikernel does not declare.
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

/// Makes sure of what runs images of the target.
fn prepared(arguments: &Run) -> Result<()> {
    match arguments.target {
        Target::Unix => Ok(()),
        _ if arguments.dry_run => Ok(()),
        Target::Virtio => doctor::require(doctor::MACHINE, arguments.setup.install),
        Target::Hvt | Target::Spt => Tender::of(arguments.target, arguments.tender)?.require(),
    }
}

/// A unikernel that is about to run.
struct Boot<'a> {
    arguments: &'a Run,
    image: &'a Image,
    /// The graph, with the values of the boot arguments.
    graph: &'a Graph,
    interfaces: &'a [AttachedInterface<'a>],
    disks: &'a [AttachedDisk<'a>],
    /// Its boot arguments.
    words: &'a [String],
}

impl Boot<'_> {
    /// Prints the command line if requested. Returns whether to stop there.
    fn announced(&self, line: &[String]) -> bool {
        if self.arguments.dry_run {
            println!("{}", quoted(line));
        } else if self.arguments.verbose {
            eprintln!("{}", quoted(line));
        }
        self.arguments.dry_run
    }

    /// Makes sure that what the interfaces are attached to can be had, and says what it is if
    /// there are several.
    ///
    /// # Errors
    /// A TAP device is not there, or a port of the host is taken.
    fn attach(&self) -> Result<()> {
        let ports = Port::all(self.graph);
        for (index, interface) in self.interfaces.iter().enumerate() {
            if let NetBackend::Tap(name) = &interface.backend {
                // Solo5's tender reports a missing interface itself.
                if self.arguments.target != Target::Hvt && !tap::exists(name) {
                    return Err(
                        Failure::new(format_args!("there is no TAP device `{name}`")).help(
                            format_args!(
                                "create it with `ip tuntap add dev {name} mode tap user $USER`"
                            ),
                        ),
                    );
                }
                continue;
            }
            let ports = ports.iter().filter(|port| port.interface == index);
            let ports: Vec<_> = ports.collect();
            for published in published(&ports, &self.arguments.ports)? {
                published.check_free()?;
            }
        }
        if let [] | [_] = self.interfaces {
            return Ok(());
        }
        for (index, interface) in self.interfaces.iter().enumerate() {
            let backend = match (&interface.backend, self.arguments.target) {
                (NetBackend::Tap(tap), _) => format!("the TAP device {tap}"),
                (NetBackend::User, Target::Unix) => {
                    let address = loopback::of_interface(index);
                    format!("the host's sockets, at {address}")
                }
                (NetBackend::User, _) => {
                    let Addresses { network, .. } =
                        AttachedInterface::addresses(index, self.interfaces);
                    format!("the user network {network}")
                }
            };
            eprintln!("{:12} is attached to {backend}", interface.name);
        }
        Ok(())
    }

    /// Passes the console of `guest` on until its end. Once the ports of the user network are open,
    /// says where they are.
    fn listen(&self, guest: Guest) -> Result<End> {
        let mut ports = Port::all(self.graph);
        ports.retain(|port| self.interfaces[port.interface].backend == NetBackend::User);
        let messages = ports.iter().map(|port| {
            port.open_at(AttachedInterface::addresses(port.interface, self.interfaces).guest)
        });
        let awaited = (!ports.is_empty()).then(|| AwaitedPorts {
            ports: messages.collect(),
            then: Box::new(|| table(&ports, &self.arguments.ports)),
        });
        guest.listen(&self.graph.name, &self.image.symbols, awaited)
    }
}

/// Returns the host address of each port.
fn table(ports: &[Port], asked: &[Forward]) {
    for port in ports {
        let Forward { host, guest } = Forward::to(port.number, asked);
        eprintln!(
            "{:12} {} {guest:5} at {}:{host}",
            port.name,
            port.protocol.name(),
            port.host_address()
        );
    }
}
