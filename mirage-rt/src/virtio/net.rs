//! The network of this machine: our own stack on the first virtio network device.

use super::devices::{self, AnyTransport};
use super::interrupts::Line;
use crate::{
    device::{Device, StartError},
    net::Settings,
    random::Random,
    time::Clock,
};
use alloc::rc::Rc;
use core::{cell::RefCell, fmt};
use mirage_devices::{
    net::{Stack, StackConfig, link::Link},
    virtio::{
        NETWORK_DEVICE,
        net::{NetOptions, VirtioNet},
    },
};
use rand_core::Rng;

pub use mirage_devices::net::{TcpListener, TcpStream, UdpSocket};

/// A network interface. Started, it can be shared: clones are the same network.
#[derive(Clone)]
pub struct Network {
    settings: Settings,
    clock: Clock,
    random: Random,
    /// Once it is started.
    started: Option<Started>,
}

#[derive(Clone)]
struct Started {
    stack: Stack,
    /// Until it runs.
    link: Rc<RefCell<Option<VirtioNet<AnyTransport, Line>>>>,
}

impl Network {
    pub(crate) fn new(settings: Settings, clock: Clock, random: Random) -> Self {
        Self {
            settings,
            clock,
            random,
            started: None,
        }
    }

    fn stack(&self) -> Result<&Stack, StartError> {
        let started = self.started.as_ref().map(|started| &started.stack);
        started.ok_or_else(|| StartError::new("the network is not started"))
    }

    pub(crate) fn listen(&self, port: u16) -> Result<TcpListener, StartError> {
        let listener = self.stack()?.listen(port)?;
        log::info!("tcp port {port} is at {}:{port}", self.settings.address);
        Ok(listener)
    }

    pub(crate) fn bind_udp(&self, port: u16) -> Result<UdpSocket, StartError> {
        let socket = self.stack()?.bind_udp(port)?;
        log::info!("udp port {port} is at {}:{port}", self.settings.address);
        Ok(socket)
    }
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Network")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl Device for Network {
    type Output = Self;

    async fn start(&mut self) -> Result<(), StartError> {
        let Settings {
            node,
            address,
            prefix_length,
            gateway,
            mac,
            mtu,
        } = self.settings;
        let Some((device, line)) = devices::take(NETWORK_DEVICE)? else {
            return Err(StartError::new("no virtio network device was found"));
        };
        let link =
            VirtioNet::new(device, line, NetOptions { mac, mtu }).map_err(devices::unusable)?;
        let config = StackConfig {
            address,
            prefix_length,
            gateway,
        };
        let stack = Stack::new(
            config,
            link.hardware_address(),
            link.mtu(),
            self.random.next_u64(),
            self.clock.now(),
        )?;
        log::info!("{node} is {address}/{prefix_length}");
        self.started = Some(Started {
            stack,
            link: Rc::new(RefCell::new(Some(link))),
        });
        Ok(())
    }

    fn run(&self) -> Option<impl Future<Output = ()> + 'static> {
        let started = self.started.as_ref()?;
        let link = started.link.take()?;
        Some(started.stack.run(link, self.clock))
    }

    fn provide(self) -> Self {
        self
    }
}
