//! Addresses of hosts by their names.

#[cfg(all(test, not(mirage_target)))]
mod tests;

use super::{Error, LookupError, Network, RecordType};
use crate::{
    io::{Read, Write},
    time::{Clock, timeout},
};
use alloc::vec::Vec;
use core::{
    cell::RefCell,
    net::{IpAddr, SocketAddr},
};
use embedded_io_async::ReadExactError;
use mirage_devices::net::dns::{
    Cache, Hosts, Local, Lookup, MAX_UDP_LEN, Name, Outcome, PORT, Step, Transport, find_local,
};

/// A resolver, which looks up the addresses of hosts.
///
/// It asks the [name servers](Network::name_servers) of its networks, and those that [routers
/// advertise](Network::ipv6_name_servers), in order, the first network's first, and remembers answers for as long as they are valid, at most 64 of them. Clone the `Rc` in which it is to share
/// it. With the host's sockets on `unix`, it asks the host's name servers (`/etc/resolv.conf`), and knows the
/// hosts of `/etc/hosts`.
///
/// ```
/// use mirage_rt::net::{LookupError, Network, Resolver};
///
/// async fn find_printer(wan: Network, lan: Network) -> Result<(), LookupError> {
///     let mut resolver = Resolver::new([wan, lan]);
///     resolver.set_hosts("10.1.0.9 printer printer.example");
///     let printer = resolver.lookup_host("printer", 631).await?;
///     assert_eq!(printer, [([10, 1, 0, 9], 631).into()]);
///     Ok(())
/// }
/// # mirage_rt::test::run(async |world| {
/// #     let host = world.host("10.0.0.2");
/// #     find_printer(host.network(), host.network()).await.unwrap();
/// # });
/// ```
#[derive(Debug)]
pub struct Resolver {
    networks: Vec<Network>,
    hosts: Hosts,
    cache: RefCell<Cache>,
}

/// A name server, and the network over which it is asked.
type Server<'a> = (&'a Network, SocketAddr);

impl Resolver {
    /// Returns a resolver that asks over these networks.
    pub fn new(networks: impl IntoIterator<Item = Network>) -> Self {
        let networks: Vec<_> = networks.into_iter().collect();
        let host = networks.iter().find_map(Network::host_resolver);
        Self {
            hosts: host.map_or_else(Hosts::default, |host| Hosts::parse(&host.hosts)),
            networks,
            cache: RefCell::default(),
        }
    }

    /// Sets the text of a file of hosts, in the format of `/etc/hosts`: an address and its names on each line.
    /// No server is asked for these names. What is not an address or a name is ignored.
    pub fn set_hosts(&mut self, text: &str) {
        self.hosts = Hosts::parse(text);
    }

    /// Looks up the addresses of a host, and returns each with `port`.
    ///
    /// `host` is a name or an address. `localhost` is the loopback address. Names are complete: nothing is
    /// appended to a short one. The addresses are of the families that the networks have: our own stack has
    /// IPv4.
    ///
    /// A server has 1, then 3, then 5 seconds to answer; one that fails or refuses is not asked again. If the
    /// answer is too long for a datagram, it is asked for over TCP.
    ///
    /// # Errors
    /// Returns [`LookupError::InvalidName`] for what is not a name, [`LookupError::NoServer`] if no network has
    /// a name server, [`LookupError::NoSuchName`] if the name does not exist, [`LookupError::NoAddress`] if it
    /// has no address, [`LookupError::TimedOut`] if no server answers,
    /// [`LookupError::ServerFailure`] if those that answer fail, and
    /// [`LookupError::Unreachable`] if none could be asked.
    pub async fn lookup_host(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, LookupError> {
        let with_port = |address| SocketAddr::new(address, port);
        if let Ok(address) = host.parse() {
            return Ok([with_port(address)].into());
        }
        let mut result = self.lookup_ip(host, RecordType::A).await;
        if self.networks.iter().any(Network::has_ipv6) {
            result = both(result, self.lookup_ip(host, RecordType::Aaaa).await);
        }
        Ok(result?.into_iter().map(with_port).collect())
    }

    /// Looks up the addresses of a host that are of one family.
    ///
    /// # Errors
    /// The errors of [`lookup_host`](Self::lookup_host). An address of the other family is
    /// [`LookupError::NoAddress`].
    pub async fn lookup_ip(
        &self,
        host: &str,
        record_type: RecordType,
    ) -> Result<Vec<IpAddr>, LookupError> {
        let local = {
            let cache = self.cache.borrow();
            find_local(host, record_type, &self.hosts, &cache, Clock.now())
        };
        let name = match local {
            Local::Known(result) => return result,
            Local::Unknown(name) => name,
        };
        let outcome = self.ask(name.clone(), record_type).await;
        let mut cache = self.cache.borrow_mut();
        cache.insert(name, record_type, &outcome, Clock.now());
        outcome.result
    }

    /// Asks the servers.
    async fn ask(&self, name: Name, record_type: RecordType) -> Outcome {
        let servers = self.servers();
        let mut lookup = Lookup::new(name, record_type, servers.len());
        let Some(mut random) = self.networks.first().map(Network::random) else {
            return Outcome {
                result: Err(LookupError::NoServer),
                ttl: None,
            };
        };
        loop {
            let (server, transport, query, limit) = match lookup.next(&mut random) {
                Step::Done(outcome) => return outcome,
                Step::Ask {
                    server,
                    transport,
                    query,
                    timeout,
                } => (servers[server], transport, query, timeout),
            };
            let answered = match transport {
                Transport::Udp => timeout(limit, datagrams(server, &query, &mut lookup)).await,
                Transport::Tcp => timeout(limit, messages(server, &query, &mut lookup)).await,
            };
            match answered {
                Ok(Ok(())) => {}
                Ok(Err(error)) => lookup.on_error(error),
                Err(_) => lookup.on_timeout(),
            }
        }
    }

    /// The servers, in the order in which they are asked. Those of a host are listed once.
    fn servers(&self) -> Vec<Server<'_>> {
        let mut servers = Vec::new();
        let mut has_host = false;
        for network in &self.networks {
            match network.host_resolver() {
                Some(_) if has_host => {}
                Some(host) => {
                    has_host = true;
                    servers.extend(host.servers.into_iter().map(|server| (network, server)));
                }
                None => {
                    let declared = network.name_servers().into_iter();
                    servers.extend(declared.map(|server| (network, (server, PORT).into())));
                    let advertised = network.ipv6_name_servers().into_iter();
                    servers.extend(advertised.map(|server| (network, (server, PORT).into())));
                }
            }
        }
        servers
    }
}

impl Network {
    /// Looks up the addresses of a host, and returns each with `port`.
    ///
    /// `host` is a name or an address. The servers are [`name_servers`](Self::name_servers). A
    /// [`Resolver`] also remembers answers, and can ask the servers of several networks.
    ///
    /// ```
    /// use mirage_rt::{
    ///     io::Write,
    ///     net::{Error, LookupError, Network},
    /// };
    ///
    /// async fn greet(net: &Network, host: &str) -> Result<(), LookupError> {
    ///     for peer in net.lookup_host(host, 7).await? {
    ///         if let Ok(mut stream) = net.connect(peer).await {
    ///             stream.write_all(b"hello").await?;
    ///             break;
    ///         }
    ///     }
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    /// The errors of [`Resolver::lookup_host`].
    pub async fn lookup_host(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, LookupError> {
        Resolver::new([self.clone()]).lookup_host(host, port).await
    }
}

/// Sends a query as a datagram, and receives until it is answered. The port is a new one.
async fn datagrams(
    (network, server): Server<'_>,
    query: &[u8],
    lookup: &mut Lookup,
) -> Result<(), Error> {
    let socket = network.open_udp()?;
    socket.connect(server)?;
    socket.send(query).await?;
    let mut message = [0; MAX_UDP_LEN];
    loop {
        let length = socket.recv(&mut message).await?;
        if lookup.on_message(&message[..length]) {
            return Ok(());
        }
    }
}

/// Sends a query over a connection, and receives until it is answered.
async fn messages(
    (network, server): Server<'_>,
    query: &[u8],
    lookup: &mut Lookup,
) -> Result<(), Error> {
    let mut stream = network.connect(server).await?;
    let mut length = [0; 2];
    let mut message = Vec::new();
    message.extend((query.len() as u16).to_be_bytes());
    message.extend(query);
    stream.write_all(&message).await?;
    loop {
        stream.read_exact(&mut length).await.map_err(to_error)?;
        let length = usize::from(u16::from_be_bytes(length));
        message.clear();
        message
            .try_reserve_exact(length)
            .map_err(|_| Error::OutOfMemory)?;
        message.resize(length, 0);
        stream.read_exact(&mut message).await.map_err(to_error)?;
        if lookup.on_message(&message) {
            return Ok(());
        }
    }
}

/// The error of a connection that has failed or ended before the answer.
fn to_error(error: ReadExactError<Error>) -> Error {
    match error {
        ReadExactError::Other(error) => error,
        ReadExactError::UnexpectedEof => Error::ConnectionAborted,
    }
}

/// The addresses of both families, or else the first error.
fn both(
    one: Result<Vec<IpAddr>, LookupError>,
    other: Result<Vec<IpAddr>, LookupError>,
) -> Result<Vec<IpAddr>, LookupError> {
    match (one, other) {
        (Ok(mut addresses), Ok(others)) => {
            addresses.extend(others);
            Ok(addresses)
        }
        (Err(_), Ok(addresses)) => Ok(addresses),
        (one, Err(_)) => one,
    }
}
