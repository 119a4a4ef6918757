//! A machine in the outer guest.

use super::{case::MachineCase, taps::Taps, vmm::Vmm};
use crate::harness::{Line, Running};
use std::net::{Ipv4Addr, SocketAddr};

/// A machine with KVM, for one test.
pub struct Machine {
    /// The program that runs it.
    pub vmm: Vmm,
    line: Line,
    interfaces: usize,
    _taps: Taps,
}

impl Machine {
    /// Creates a machine with the devices that `case` needs.
    pub fn new(case: MachineCase, line: Line) -> Self {
        let interfaces = case.case.interfaces.len();
        let taps = if case.vmm.uses_taps() { interfaces } else { 0 };
        Self {
            vmm: case.vmm,
            line,
            interfaces,
            _taps: Taps::create(taps),
        }
    }

    /// Starts the machine.
    pub fn start(&self) -> Running {
        self.line.start()
    }

    /// Runs the machine to its end. Returns its status and its console.
    pub fn run(&self) -> (i32, String) {
        let (status, lines) = self.start().end();
        (status, lines.join("\n"))
    }

    /// Returns a copy of its command line.
    pub fn line(&self) -> Line {
        self.line.clone()
    }

    /// Returns the addresses at which a TCP or UDP port is reached, one for each interface.
    pub fn addresses(&self, port: u16) -> Vec<SocketAddr> {
        if self.vmm.uses_taps() {
            let addresses = [Ipv4Addr::new(10, 0, 0, 2), Ipv4Addr::new(10, 1, 0, 1)];
            let reached = addresses.into_iter().take(self.interfaces);
            return reached.map(|address| (address, port).into()).collect();
        }
        // hostfwd=tcp:127.0.0.1:8080-10.0.0.2:80
        let guest = format!(":{port}");
        let networks = self.line.values("-netdev").map(|network| {
            let mut forwards = network.split(",hostfwd=").skip(1);
            let forward = forwards.find_map(|forward| {
                let (host, port) = forward.split_once('-')?;
                let (_, host) = host.split_once(':')?;
                port.ends_with(&guest).then(|| host.parse().ok())?
            });
            forward.expect("a forwarded port")
        });
        networks.collect()
    }
}
