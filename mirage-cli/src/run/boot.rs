//! A unikernel that is about to run.

use crate::{
    arguments::{NetBackend, Run},
    attached::{AttachedDisk, AttachedInterface},
    compile::Image,
    console::AwaitedPorts,
    failure::{Failure, Result},
    guest::{End, Guest},
    ports::{Forward, Port, host_has_ipv6, publish, publish_ipv6},
    quote::quote,
};
use mirage_graph::{graph::Graph, port::loopback, target::Target};
use mirage_tender::tap;
use mirage_user_network::{Addresses, PublishedPort};
use std::net::{IpAddr, SocketAddr};

/// A unikernel that is about to run.
pub struct Boot<'a> {
    /// The options of `run`.
    pub options: &'a Run,
    /// The name of the program's crate.
    pub crate_name: &'a str,
    /// Its image.
    pub image: &'a Image,
    /// The graph, with the values of the boot arguments.
    pub graph: &'a Graph,
    /// Its interfaces, in the graph's order.
    pub interfaces: &'a [AttachedInterface<'a>],
    /// Its disks, in the graph's order.
    pub disks: &'a [AttachedDisk<'a>],
    /// Its boot arguments.
    pub args: &'a [String],
}

impl Boot<'_> {
    /// Prints the command line if requested. Returns whether to stop there.
    pub fn print_command(&self, line: &[String]) -> bool {
        if self.options.dry_run {
            println!("{}", quote(line));
        } else if self.options.verbose {
            eprintln!("{}", quote(line));
        }
        self.options.dry_run
    }

    /// Checks that the TAP devices exist and the host ports are free. If there are several interfaces,
    /// prints what each is attached to.
    pub fn check_backends(&self) -> Result<()> {
        for (index, interface) in self.interfaces.iter().enumerate() {
            match &interface.backend {
                NetBackend::User => {
                    let ipv4 = publish(self.graph, index, &self.options.ports)?;
                    for port in ipv4.into_iter().chain(self.publish_ipv6(index)?) {
                        port.check_free()?;
                    }
                }
                // Solo5's tender reports a missing interface itself.
                NetBackend::Tap(name)
                    if self.options.target != Target::Hvt && !tap::exists(name) =>
                {
                    let cause = Failure::new(format_args!("there is no TAP device `{name}`"));
                    return Err(cause.help(format_args!(
                        "create it with `ip tuntap add dev {name} mode tap user $USER`"
                    )));
                }
                NetBackend::Tap(_) | NetBackend::Descriptor(_) => {}
            }
        }
        if self.interfaces.len() > 1 {
            for (index, interface) in self.interfaces.iter().enumerate() {
                eprintln!(
                    "{:12} is attached to {}",
                    interface.name,
                    self.backend(index)
                );
            }
        }
        Ok(())
    }

    /// Describes the backend of the interface at position `index`.
    fn backend(&self, index: usize) -> String {
        match (&self.interfaces[index].backend, self.options.target) {
            (NetBackend::Tap(tap), _) => format!("the TAP device {tap}"),
            (NetBackend::Descriptor(number), _) => format!("the descriptor {number}"),
            (NetBackend::User, Target::Unix) => {
                let has_ipv4 = self.interfaces[index].interface.has_ipv4();
                let address = loopback::of_sockets(index, has_ipv4);
                format!("the host's sockets, at {address}")
            }
            (NetBackend::User, _) => {
                let Addresses { network, .. } =
                    AttachedInterface::addresses(index, self.interfaces);
                format!("the user network {network}")
            }
        }
    }

    /// Whether the ports of the interface at position `index` are also forwarded over IPv6. QEMU's user network
    /// cannot.
    fn forwards_ipv6(&self, index: usize) -> bool {
        self.options.target == Target::Spt
            && AttachedInterface::ipv6_addresses(index, self.interfaces).is_some()
    }

    /// Chooses the host addresses at which the ports of the interface at position `index` are reached over IPv6.
    ///
    /// # Errors
    /// Returns a failure if two of them would have the same address.
    pub fn publish_ipv6(&self, index: usize) -> Result<Vec<PublishedPort>> {
        if self.forwards_ipv6(index) {
            publish_ipv6(self.graph, index, &self.options.ports)
        } else {
            Ok(Vec::new())
        }
    }

    /// Forwards the console of `guest` until it ends. Once the ports of the user network are open,
    /// prints their host addresses.
    pub fn run_to_end(&self, guest: Guest) -> Result<End> {
        let mut ports = Port::all(self.graph);
        ports.retain(|port| self.is_forwarded(port));
        let messages = ports.iter();
        let messages = messages.filter_map(|port| Some(port.open_at(self.guest_address(port)?)));
        let messages: Vec<_> = messages.collect();
        if messages.is_empty() && !ports.is_empty() {
            self.print_ports(&ports);
        }
        let awaited = (!messages.is_empty()).then(|| AwaitedPorts {
            ports: messages,
            then: Box::new(|| self.print_ports(&ports)),
        });
        guest.run_to_end(&self.graph.name, &self.image.symbols, awaited)
    }

    /// Whether the user network forwards a port of the host to a port.
    fn is_forwarded(&self, port: &Port) -> bool {
        let by_ipv6 = self.forwards_ipv6(port.interface) && port.host_ipv6_address().is_some();
        self.interfaces[port.interface].backend == NetBackend::User && (port.has_ipv4 || by_ipv6)
    }

    /// The address at which the guest reports a port; `None` if a router will decide it.
    fn guest_address(&self, port: &Port) -> Option<IpAddr> {
        if port.has_ipv4 {
            let addresses = AttachedInterface::addresses(port.interface, self.interfaces);
            return Some(addresses.guest.into());
        }
        let source = self.interfaces[port.interface].interface.ip6?;
        Some(source.value.get()?.address()?.address.into())
    }

    /// Prints the host addresses of each port.
    fn print_ports(&self, ports: &[Port]) {
        let has_ipv6 = host_has_ipv6();
        for port in ports {
            let Forward { host, guest } = port.forward(ports, &self.options.ports);
            let ipv4 = port.has_ipv4.then(|| IpAddr::from(port.host_address()));
            let ipv6 = port.host_ipv6_address().map(IpAddr::from);
            let ipv6 = ipv6.filter(|_| has_ipv6 && self.forwards_ipv6(port.interface));
            let addresses = [ipv4, ipv6].into_iter().flatten();
            let addresses = addresses.map(|address| SocketAddr::new(address, host).to_string());
            eprintln!(
                "{:12} {} {guest:5} at {}",
                port.name,
                port.protocol.name(),
                addresses.collect::<Vec<_>>().join(" and ")
            );
        }
    }
}
