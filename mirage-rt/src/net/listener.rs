//! A TCP port that is listened on, on one network or on several.

use super::{Network, TcpStream};
use crate::{device::StartError, platform::net as platform};
use alloc::{boxed::Box, vec::Vec};
use core::cell::Cell;
use embassy_futures::select::select_slice;
use mirage_devices::net::TcpLimits;

/// A TCP port that is listened on.
///
/// It takes any number of connections, one after another and at once, unless it was declared with a
/// limit. Up to 256 of each interface may wait to be accepted.
#[derive(Debug)]
pub struct TcpListener(Listeners);

#[derive(Debug)]
enum Listeners {
    One(platform::TcpListener),
    Several(Several),
}

#[derive(Debug)]
struct Several {
    port: u16,
    listeners: Vec<platform::TcpListener>,
    /// Which is asked first: each in turn, so that none keeps the others waiting.
    first: Cell<usize>,
}

impl TcpListener {
    pub(crate) fn new(
        port: u16,
        limits: TcpLimits,
        networks: &[Network],
    ) -> Result<Self, StartError> {
        Ok(Self(match networks {
            [network] => Listeners::One(network.listen(port, limits)?),
            networks => Listeners::Several(Several {
                port,
                listeners: networks
                    .iter()
                    .map(|network| network.listen(port, limits))
                    .collect::<Result<_, _>>()?,
                first: Cell::new(0),
            }),
        }))
    }

    /// The next connection. Waits for one, and never fails: without a link it waits for ever.
    pub async fn accept(&self) -> TcpStream {
        match &self.0 {
            Listeners::One(listener) => listener.accept().await,
            Listeners::Several(several) => several.accept().await,
        }
    }

    /// The port, as the unikernel declares it.
    pub fn port(&self) -> u16 {
        match &self.0 {
            Listeners::One(listener) => listener.port(),
            Listeners::Several(several) => several.port,
        }
    }
}

impl Several {
    async fn accept(&self) -> TcpStream {
        let first = self.first.get();
        self.first.set((first + 1) % self.listeners.len().max(1));
        let (before, after) = self.listeners.split_at(first);
        let accepted = after
            .iter()
            .chain(before)
            .map(platform::TcpListener::accept);
        let mut accepted = Box::into_pin(accepted.collect::<Box<[_]>>());
        select_slice(accepted.as_mut()).await.0
    }
}
