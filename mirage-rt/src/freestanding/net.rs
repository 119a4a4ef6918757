//! The network of an image: our own stack on the link that the machine has.

use crate::{
    device::{Device, StartError},
    net::{Error, Settings, attached::Attached},
    platform::net::{Link, attach},
    random::Random,
    time::Clock,
};
use core::net::SocketAddr;

pub use mirage_devices::net::TcpStream;
use mirage_devices::net::{Stack, TcpLimits, UdpLimits, dhcp::Tenancy};
pub(crate) use mirage_devices::net::{TcpListener, UdpSocket};

/// A network interface. Started, it can be shared: clones are the same network.
#[derive(Debug, Clone)]
pub struct Network {
    settings: Settings,
    clock: Clock,
    random: Random,
    /// Once it is started.
    stack: Option<Attached<Link>>,
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

    fn stack(&self) -> Result<&Attached<Link>, StartError> {
        let stack = self.stack.as_ref();
        stack.ok_or_else(|| StartError::new("the network is not started"))
    }

    /// The stack, and what it has leased if it asks for its address.
    pub(crate) fn leased(&self) -> Option<(&Stack, &Tenancy)> {
        self.stack.as_ref().map(Attached::leased)
    }

    pub(crate) fn listen(&self, port: u16, limits: TcpLimits) -> Result<TcpListener, StartError> {
        self.stack()?.listen(port, limits)
    }

    pub(crate) fn bind_udp(&self, port: u16, limits: UdpLimits) -> Result<UdpSocket, StartError> {
        self.stack()?.bind_udp(port, limits)
    }

    pub(crate) async fn open_connection(&self, peer: SocketAddr) -> Result<TcpStream, Error> {
        let stack = self.stack.as_ref().ok_or(Error::HostUnreachable)?;
        stack.connect(peer).await
    }

    pub(crate) fn open_udp_port(&self) -> Result<UdpSocket, Error> {
        let stack = self.stack.as_ref().ok_or(Error::HostUnreachable)?;
        stack.open_udp()
    }
}

#[diagnostic::do_not_recommend]
impl Device for Network {
    type Output = Self;

    async fn start(&mut self) -> Result<(), StartError> {
        let link = attach(&self.settings)?;
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
