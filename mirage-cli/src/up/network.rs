//! The networks of an application that runs: a switch for each, and what is outside.

use super::{
    output::Output,
    published::{Published, not_free},
};
use crate::{
    application::{Application, Interface, Network},
    failure::{Context, Result},
};
use mirage_graph::address::InterfaceAddress;
use mirage_switch::{Client, Member, Refusal, Server, Switch};
use mirage_user_network::{Addresses, Destination, SocketPair, UserNetwork};
use rustix::io::{FdFlags, fcntl_setfd};
use std::{
    collections::BTreeMap,
    io,
    net::Ipv4Addr,
    os::fd::{AsRawFd, OwnedFd},
    sync::Arc,
    thread,
};

/// Called with each refusal.
type Report = Box<dyn FnMut(&str, &Refusal) + Send>;

/// The networks of an application.
pub struct Networks {
    switches: Vec<(String, Switch<Report>)>,
    /// What is outside, with the unikernel that it is there for.
    outsides: Vec<(String, UserNetwork)>,
    /// The ends of the unikernels, by unikernel.
    links: BTreeMap<usize, Links>,
}

/// The ends of the links of a unikernel, by the position of its interface.
#[derive(Default)]
pub struct Links(BTreeMap<usize, OwnedFd>);

impl Links {
    /// Their numbers, in the order of the interfaces.
    pub fn numbers(&self) -> Vec<i32> {
        self.0.values().map(OwnedFd::as_raw_fd).collect()
    }

    /// Sets whether programs that are started from now on inherit them.
    pub fn set_inheritable(&self, inheritable: bool) -> io::Result<()> {
        let flags = match inheritable {
            true => FdFlags::empty(),
            false => FdFlags::CLOEXEC,
        };
        let mut links = self.0.values();
        Ok(links.try_for_each(|link| fcntl_setfd(link, flags))?)
    }
}

impl Networks {
    /// Creates the networks, and binds the host's ports.
    pub fn new(
        application: &Application,
        published: &[Published],
        output: &Arc<Output>,
    ) -> Result<Self> {
        let mut networks = Self {
            switches: Vec::new(),
            outsides: Vec::new(),
            links: BTreeMap::new(),
        };
        for network in Network::all(application) {
            networks.add(&network, published, output)?;
        }
        Ok(networks)
    }

    fn add(
        &mut self,
        network: &Network<'_>,
        published: &[Published],
        output: &Arc<Output>,
    ) -> Result<()> {
        let mut members = Vec::new();
        for (position, interface) in network.interfaces.iter().enumerate() {
            let pair = cloexec_pair()?;
            let links = self.links.entry(interface.position).or_default();
            links.0.insert(interface.index, pair.guest);
            let outside = match network.has_outside(position) {
                true => Some(self.outside(interface, network, published)?),
                false => None,
            };
            members.push(Member {
                name: interface.member.name().into(),
                mac: interface.mac.0,
                address: interface.address.address,
                link: pair.network,
                outside,
            });
        }
        let (output, name) = (output.clone(), String::from(network.name));
        let report: Report = Box::new(move |unikernel, refusal| {
            output.note(format_args!(
                "the switch of `{name}` does not carry what `{unikernel}` sends: {refusal}"
            ));
        });
        let switch = Switch::new(members, network.links.clone(), report).context("the switch")?;
        self.switches.push((network.name.into(), switch));
        Ok(())
    }

    /// Creates what is outside for a unikernel. Returns the end of the switch.
    fn outside(
        &mut self,
        interface: &Interface<'_>,
        network: &Network<'_>,
        published: &[Published],
    ) -> Result<OwnedFd> {
        let pair = cloexec_pair()?;
        let gateway = interface
            .gateway
            .or_else(|| free(interface.address, &network.interfaces));
        let addresses = Addresses::for_static(interface.address, gateway);
        let ports = published.iter().filter(|port| {
            port.member == interface.position && port.port.interface == interface.index
        });
        let ports: Vec<_> = ports.map(|port| port.published).collect();
        let outside = UserNetwork::new(pair.network, &addresses, &ports).map_err(not_free)?;
        let outside = outside.with_destinations(destinations(interface, network));
        self.outsides
            .push((interface.member.name().into(), outside));
        Ok(pair.guest)
    }

    /// The ends of a unikernel.
    pub fn links(&mut self, position: usize) -> &Links {
        self.links.entry(position).or_default()
    }

    /// Closes the ends of a unikernel, so that those that it has inherited are the last ones.
    pub fn release(&mut self, position: usize) {
        self.links.remove(&position);
    }

    /// Runs the networks in threads of their own. They end with the unikernels.
    pub fn run(&mut self, output: &Arc<Output>) {
        for (name, switch) in self.switches.drain(..) {
            let output = output.clone();
            thread::spawn(move || {
                if let Err(cause) = switch.run() {
                    output.note(format_args!("the switch of `{name}` has failed: {cause}"));
                }
            });
        }
        for (name, network) in self.outsides.drain(..) {
            let output = output.clone();
            thread::spawn(move || {
                if let Err(cause) = network.run() {
                    output.note(format_args!(
                        "the network outside of `{name}` has failed: {cause}"
                    ));
                }
            });
        }
    }
}

/// The addresses outside that the links of a unikernel lead to.
fn destinations(interface: &Interface<'_>, network: &Network<'_>) -> Vec<Destination> {
    let links = network.links.iter();
    let destinations = links.filter_map(|link| match (link.client, link.server) {
        (Client::Unikernel(from), Server::Address(address))
            if network.interfaces[from].position == interface.position =>
        {
            Some(Destination {
                protocol: link.protocol,
                endpoint: (address, link.port).into(),
            })
        }
        _ => None,
    });
    destinations.collect()
}

/// A pair of sockets that no program inherits yet.
fn cloexec_pair() -> Result<SocketPair> {
    let pair = SocketPair::new().context("a link")?;
    fcntl_setfd(&pair.guest, FdFlags::CLOEXEC).context("a link")?;
    Ok(pair)
}

/// An address that no unikernel of the network has.
fn free(own: InterfaceAddress, interfaces: &[Interface<'_>]) -> Option<Ipv4Addr> {
    let network = own.network().address.to_bits();
    let hosts = (network + 1..).map(Ipv4Addr::from_bits);
    let mut inside = hosts.take_while(|address| own.contains(*address));
    inside.find(|address| {
        let mut used = interfaces.iter();
        used.all(|interface| interface.address.address != *address)
    })
}
