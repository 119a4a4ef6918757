//! The network of this machine.

use crate::{
    device::{Run, Start, StartError},
    net::Settings,
    random::Random,
    time::Clock,
};

/// A network interface.
#[derive(Debug, Clone)]
pub struct Network {}

impl Network {
    pub(crate) fn new(_settings: Settings, _clock: Clock, _random: Random) -> Self {
        Self {}
    }

    pub(crate) fn listen(&self, _port: u16) -> Result<TcpListener, StartError> {
        Err(StartError::new("no network"))
    }

    pub(crate) fn bind_udp(&self, _port: u16) -> Result<UdpSocket, StartError> {
        Err(StartError::new("no network"))
    }
}

impl Start for Network {
    async fn start(&mut self) -> Result<(), StartError> {
        Err(StartError::new("no virtio network device was found"))
    }
}

impl Run for Network {
    fn run(&self) -> impl Future<Output = ()> + 'static {
        core::future::ready(())
    }
}

/// A TCP port that is listened on.
#[derive(Debug)]
pub enum TcpListener {}

/// A TCP connection.
#[derive(Debug)]
pub enum TcpStream {}

/// A UDP port.
#[derive(Debug)]
pub enum UdpSocket {}
