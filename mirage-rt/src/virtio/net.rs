//! The network of this machine: our own stack on a virtio network device.

use super::devices::{self, AnyTransport, Suits};
use super::interrupts::Line;
use crate::{
    device::{Device, StartError},
    net::{Error, Settings, UdpError, attached::Attached},
    random::Random,
    time::Clock,
};
use core::net::SocketAddr;
use mirage_devices::virtio::{
    NETWORK_DEVICE,
    net::{NetOptions, VirtioNet, hardware_address},
};

pub use mirage_devices::net::TcpStream;
pub(crate) use mirage_devices::net::{TcpListener, UdpSocket};

/// A network interface. Started, it can be shared: clones are the same network.
#[derive(Debug, Clone)]
pub struct Network {
    settings: Settings,
    clock: Clock,
    random: Random,
    /// Once it is started.
    stack: Option<Attached<VirtioNet<AnyTransport, Line>>>,
}

impl Network {
    pub(crate) fn new(settings: Settings, clock: Clock, random: Random) -> Self {
        Self {
            settings,
            clock,
            random,
            stack: None,
        }
    }

    fn stack(&self) -> Result<&Attached<VirtioNet<AnyTransport, Line>>, StartError> {
        let stack = self.stack.as_ref();
        stack.ok_or_else(|| StartError::new("the network is not started"))
    }

    pub(crate) fn listen(&self, port: u16) -> Result<TcpListener, StartError> {
        self.stack()?.listen(port)
    }

    pub(crate) fn bind_udp(&self, port: u16) -> Result<UdpSocket, StartError> {
        self.stack()?.bind_udp(port)
    }

    pub(crate) async fn open_connection(&self, peer: SocketAddr) -> Result<TcpStream, Error> {
        let stack = self.stack.as_ref().ok_or(Error::Unreachable)?;
        stack.connect(peer).await
    }

    pub(crate) fn open_udp_port(&self) -> Result<UdpSocket, UdpError> {
        let stack = self.stack.as_ref().ok_or(UdpError::Unreachable)?;
        stack.open_udp()
    }
}

impl Device for Network {
    type Output = Self;

    async fn start(&mut self) -> Result<(), StartError> {
        let Settings {
            mac,
            mtu,
            index,
            stations,
            ..
        } = self.settings;
        let own = stations.get(index).copied();
        let device = devices::take(NETWORK_DEVICE, |device| {
            if stations.is_empty() {
                return Suits::Best;
            }
            match hardware_address(device) {
                Some(address) if own == Some(address) => Suits::Best,
                Some(address) if stations.contains(&address) => Suits::Not,
                _ => Suits::Well,
            }
        });
        let Some((device, line)) = device? else {
            return Err(StartError::new("no virtio network device was found"));
        };
        let link =
            VirtioNet::new(device, line, NetOptions { mac, mtu }).map_err(devices::unusable)?;
        let stack = Attached::new(self.settings, link, self.clock, self.random.clone())?;
        self.stack = Some(stack);
        Ok(())
    }

    fn run(&self) -> Option<impl Future<Output = ()> + 'static> {
        self.stack.as_ref()?.run()
    }

    fn provide(self) -> Self {
        self
    }
}
