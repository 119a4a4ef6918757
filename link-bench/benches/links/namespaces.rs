//! The two network namespaces, and what runs in them.

use crate::{client, fate::LinkConfig, linux, relay::Relay, tap};
use rustix::{
    process::{Signal, set_parent_process_death_signal},
    thread::{UnshareFlags, unshare_unsafe},
};
use std::{
    error::Error,
    io,
    net::Ipv4Addr,
    os::{fd::OwnedFd, unix::process::CommandExt},
    path::Path,
    process::{Child, Command, Stdio},
};

/// Which stack a server has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Stack {
    /// The unikernel's.
    Ours,
    /// Linux's.
    Linux,
}

impl Stack {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Ours, Self::Linux];

    /// Its name in a file's.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Linux => "linux",
        }
    }

    /// The address of its services.
    pub fn address(self) -> Ipv4Addr {
        match self {
            Self::Ours => Ipv4Addr::new(10, 0, 0, 2),
            Self::Linux => Ipv4Addr::new(10, 0, 0, 3),
        }
    }
}

/// Prepares the servers' namespace. A burst of a whole window fits into the devices' queues: frames are lost
/// where the link's configuration says so.
const SERVERS: &str = "\
    PATH=$PATH:/usr/sbin:/sbin; \
    echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6; \
    ip link set dev lo up && \
    ip link add bridge type bridge && \
    ip tuntap add dev unikernel mode tap && \
    ip link set dev unikernel txqueuelen 20000 master bridge up && \
    ip link set dev relay txqueuelen 20000 master bridge up && \
    ip address add 10.0.0.3/24 dev bridge && \
    ip link set dev bridge up";

/// Prepares the client's namespace.
const CLIENT: &str = "\
    PATH=$PATH:/usr/sbin:/sbin; \
    echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6; \
    ip address add 10.0.0.1/24 dev relay && \
    ip link set dev relay txqueuelen 20000 up";

/// The network. This thread is in the client's namespace.
pub struct Network {
    /// The ends of the link between the namespaces: that of the servers and that of the client.
    ends: [OwnedFd; 2],
    relay: Option<Relay>,
    unikernel: Child,
}

impl Network {
    /// Creates the namespaces, starts the servers and waits until they answer.
    ///
    /// # Errors
    /// Fails if the user lacks the permission, a program is missing, or a server does not answer.
    pub fn new() -> Result<Self, Box<dyn Error>> {
        let servers = enter_new(SERVERS)?;
        linux::start(Stack::Linux.address())?;
        let mut command = Command::new(env!("CARGO_BIN_EXE_link-bench"));
        command.args(["--net", "net:tap=unikernel"]);
        command.stdin(Stdio::null()).stdout(Stdio::null());
        // SAFETY: prctl is async-signal-safe.
        unsafe {
            command.pre_exec(|| Ok(set_parent_process_death_signal(Some(Signal::KILL))?));
        }
        let unikernel = command.spawn()?;
        let client = enter_new(CLIENT)?;
        let mut network = Self {
            ends: [servers, client],
            relay: None,
            unikernel,
        };
        network.relay = Some(Relay::start(&network.ends, LinkConfig::PERFECT, 0, None)?);
        client::wait_for_servers()?;
        Ok(network)
    }

    /// Runs `measure` on a link. Before and after it, the link does nothing to frames: the end of a
    /// connection is not delayed until the next measurement.
    ///
    /// # Errors
    /// Fails if the link cannot be started or the file of the capture cannot be written.
    pub fn with_link<R>(
        &mut self,
        link: LinkConfig,
        seed: u64,
        capture: Option<&Path>,
        measure: impl FnOnce() -> R,
    ) -> io::Result<R> {
        self.relay = None;
        self.relay = Some(Relay::start(&self.ends, link, seed, capture)?);
        let result = measure();
        self.relay = None;
        self.relay = Some(Relay::start(&self.ends, LinkConfig::PERFECT, 0, None)?);
        Ok(result)
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.unikernel.kill();
        let _ = self.unikernel.wait();
    }
}

/// Moves this thread to a new network namespace with the TAP device `relay`, and runs a script in it.
fn enter_new(script: &str) -> Result<OwnedFd, Box<dyn Error>> {
    // SAFETY: other threads keep their namespace, and no descriptor depends on this one's.
    unsafe { unshare_unsafe(UnshareFlags::NEWNET) }?;
    let tap = tap::create("relay")?;
    let status = Command::new("sh").args(["-c", script]).status()?;
    if !status.success() {
        return Err(format!("`ip` failed: {status}").into());
    }
    Ok(tap)
}
