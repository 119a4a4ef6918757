//! `mirage_rt::net`.

use crate::edge;
use core::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use mirage_rt::{
    io::{BufRead, Read, Write},
    log,
    net::{
        BindError, Counters, Datagram, DropReason, Drops, Error, InterfaceAddress, Lease,
        LookupError, MacAddress, MtuDiscover, Network, OwnedReadHalf, OwnedWriteHalf, ReadHalf,
        RecordType, RecvMeta, Remote, Resolver, ReuniteError, Route, Service, TcpCounters,
        TcpListener, TcpStream, UdpRemote, UdpSocket, WriteHalf,
    },
    time::Duration,
};

/// Asks the two ports that links of a plan lead to.
pub async fn asked(stream: &Remote, datagram: &UdpRemote) -> Result<(), Error> {
    stream.connect().await?.write_all(b"x").await?;
    datagram.connect()?.send(b"x").await?;
    Ok(())
}

/// Connects to a server that sends back what it receives.
pub async fn connect(net: &Network, echo: SocketAddr) -> Result<(), Error> {
    addresses(net);
    counted(net);
    whole(&mut net.connect(echo).await?, echo).await?;
    borrowed(&mut net.connect(echo).await?).await?;
    owned(net.connect(echo).await?, net.connect(echo).await?).await?;
    let mut aborted = net.connect(echo).await?;
    aborted.abort();
    assert_eq!(aborted.try_write(b"x"), Err(Error::ConnectionAborted));
    assert_eq!(net.index(), 0);
    resolved(net).await;
    refused(net.open_udp()?).await
}

/// Looks up names for which no server is asked.
async fn resolved(net: &Network) {
    let localhost = net.lookup_host("localhost", 7).await;
    let localhost = localhost.expect("a special name");
    assert!(localhost.contains(&(Ipv4Addr::LOCALHOST, 7).into()));
    let mut resolver = Resolver::new([net.clone()]);
    resolver.set_hosts("10.0.0.9 printer");
    let socket = resolver.lookup_host("printer", 631).await;
    assert_eq!(socket, Ok([([10, 0, 0, 9], 631).into()].into()));
    let printer = resolver.lookup_ip("printer", RecordType::A).await;
    assert_eq!(printer, Ok([[10, 0, 0, 9].into()].into()));
    let error = resolver.lookup_ip("printer", RecordType::Aaaa).await;
    assert_eq!(error, Err(LookupError::NoAddress));
    assert!(RecordType::A.is_of(Ipv4Addr::LOCALHOST.into()));
    assert_eq!(cure(LookupError::from(Error::TimedOut)), "wait longer");
}

/// What an error means for whoever looks up a name.
fn cure(error: LookupError) -> &'static str {
    match error {
        LookupError::InvalidName | LookupError::NoSuchName | LookupError::NoAddress => {
            "choose another name"
        }
        LookupError::NoServer => "declare a name server",
        LookupError::ServerFailure | LookupError::TimedOut => "ask again",
        LookupError::Unreachable(error) => advice(error),
        _ => "read the changelog",
    }
}

/// Sends to a port that is closed.
async fn refused(any: UdpSocket) -> Result<(), Error> {
    assert_ne!(any.port(), 0);
    let closed = SocketAddr::from((Ipv4Addr::LOCALHOST, 1));
    assert_eq!(any.peer_addr(), Err(Error::NotConnected));
    assert_eq!(any.take_error(), None);
    any.connect(closed)?;
    assert_eq!(any.peer_addr(), Ok(closed));
    assert_eq!(any.send(b"x").await, Ok(1));
    let mut buffer = [0; 8];
    assert_eq!(any.recv(&mut buffer).await, Err(Error::ConnectionRefused));
    assert_eq!(any.try_recv(&mut buffer), Err(Error::WouldBlock));
    assert_eq!(any.try_send(b"x"), Ok(1));
    any.readable().await?;
    assert_eq!(any.take_error(), Some((Error::ConnectionRefused, closed)));
    assert_eq!(any.broadcast(), Ok(false));
    any.set_broadcast(true)?;
    assert_eq!(any.mtu_discover(), Ok(MtuDiscover::Do));
    groups(&any)?;
    [MtuDiscover::Want, MtuDiscover::Dont, MtuDiscover::Do]
        .iter()
        .try_for_each(|&mtu_discover| any.set_mtu_discover(mtu_discover))
}

/// Joins a group, unless the host's sockets have no interface for it.
fn groups(socket: &UdpSocket) -> Result<(), Error> {
    let (group, any) = (Ipv4Addr::new(239, 1, 2, 3), Ipv4Addr::UNSPECIFIED);
    if socket.join_multicast_v4(group, any) != Err(Error::AddrNotAvailable) {
        assert_eq!(socket.join_multicast_v4(group, any), Err(Error::AddrInUse));
        socket.leave_multicast_v4(group, any)?;
    }
    let left = socket.leave_multicast_v4(group, any);
    assert_eq!(left, Err(Error::AddrNotAvailable));
    assert_eq!(socket.multicast_ttl_v4(), Ok(1));
    socket.set_multicast_ttl_v4(2)?;
    assert_eq!(socket.multicast_ttl_v4(), Ok(2));
    assert_eq!(socket.multicast_loop_v4(), Ok(true));
    socket.set_multicast_loop_v4(false)?;
    assert_eq!(socket.multicast_loop_v4(), Ok(false));
    // The interface has IPv4 only.
    let group = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 0xfb);
    let unsupported = Err(Error::Unsupported);
    assert_eq!(socket.join_multicast_v6(&group, 0), unsupported);
    assert_eq!(socket.leave_multicast_v6(&group, 0), unsupported);
    // The host's sockets have no such options.
    if socket.set_multicast_loop_v6(false) != unsupported {
        assert_eq!(socket.multicast_loop_v6(), Ok(false));
        socket.set_multicast_hops_v6(2)?;
        assert_eq!(socket.multicast_hops_v6(), Ok(2));
    }
    Ok(())
}

fn addresses(net: &Network) {
    let ours = InterfaceAddress::parse("10.0.0.2").expect("an address");
    // The host's own sockets have the host's addresses.
    assert!(net.address().is_none_or(|address| address == ours));
    assert_eq!(net.ipv6_address(), None);
    assert!(net.name_servers().is_empty());
    assert!(net.ipv6_name_servers().is_empty());
    assert!(net.lease().is_none_or(|lease| leased(&lease)));
    assert_eq!(ours.network().address, Ipv4Addr::new(10, 0, 0, 0));
    assert_eq!(ours.prefix_length, 24);
    assert!(ours.contains(Ipv4Addr::new(10, 0, 0, 1)));
    assert!(ours.cannot_use(ours.address).is_some());
    assert!(ours.conflicts_with(ours).is_some());

    let mac = MacAddress::parse("02:00:00:00:00:01").expect("an address");
    assert_eq!(MacAddress::parse_unicast("02:00:00:00:00:01"), Ok(mac));
    assert_eq!(mac.text().as_str(), "02:00:00:00:00:01");
    assert!(mac.is(MacAddress::locally_administered(mac.0)));
    let other = MacAddress::for_node("api", "net");
    assert!(!other.is_multicast() && !other.is_zero());
}

/// Returns whether a lease and its routes agree.
fn leased(lease: &Lease) -> bool {
    log::info!(
        "{}/{} of {}",
        lease.address,
        lease.prefix_length,
        lease.server
    );
    log::info!("{:?}, {:?}", lease.name_servers, lease.ntp_servers);
    log::info!("{:?}, {:?}, {:?}", lease.domain, lease.host_name, lease.mtu);
    let agrees = |route: &Route| {
        route.prefix_length <= 32
            && route.contains(route.network)
            && route.gateway != Some(lease.address)
    };
    lease.router != Some(lease.address) && lease.routes.iter().all(agrees)
}

/// Counts what an interface has done, if the stack is our own.
fn counted(net: &Network) {
    let Some(Counters {
        received,
        drops,
        tcp,
        ..
    }) = net.counters()
    else {
        return;
    };
    log::debug!("{received} frames, {} in TCP, {drops:?}", sum(&tcp));
    let mut counted: Drops = Drops::default();
    for reason in DropReason::ALL {
        for _ in 0..drops.get(reason) {
            counted.count(reason);
        }
        assert!(!cause(reason).is_empty());
    }
    assert_eq!((counted, counted.total()), (drops, drops.total()));
}

/// Adds up what TCP has counted, to use all of it.
fn sum(tcp: &TcpCounters) -> u64 {
    [
        tcp.segments_received,
        tcp.segments_sent,
        tcp.retransmissions,
        tcp.timeouts,
        tcp.accepted,
        tcp.connected,
        tcp.cookies_sent,
        tcp.cookies_accepted,
        tcp.accept_queue_full,
        tcp.connections_full,
        tcp.marks_received,
        tcp.ecn_reductions,
        tcp.ecn_failed,
        tcp.ecn_cleared,
        tcp.half_open_expired,
        tcp.resets_sent,
        tcp.resets_received,
        tcp.answers_limited,
        tcp.old_timestamps,
        tcp.timed_out,
        tcp.out_of_memory,
        tcp.time_wait_overflow,
    ]
    .iter()
    .sum()
}

/// Why something was dropped, in short.
fn cause(reason: DropReason) -> &'static str {
    match reason {
        DropReason::FrameMalformed
        | DropReason::ArpMalformed
        | DropReason::ArpSender
        | DropReason::Ipv4Malformed
        | DropReason::Ipv4Checksum
        | DropReason::Ipv6Malformed
        | DropReason::NdpMalformed
        | DropReason::TransportMalformed
        | DropReason::TransportChecksum
        | DropReason::IcmpMalformed
        | DropReason::IcmpChecksum
        | DropReason::FragmentMalformed
        | DropReason::FragmentOverlap => "malformed",
        DropReason::FrameDestination
        | DropReason::VlanTag
        | DropReason::Destination
        | DropReason::FrameBroadcast
        | DropReason::TransportBroadcast
        | DropReason::SourceMartian
        | DropReason::SourceLocal
        | DropReason::SourceBroadcast => "for another host",
        DropReason::EtherType
        | DropReason::Ipv6Extension
        | DropReason::Protocol
        | DropReason::IcmpIgnored
        | DropReason::IcmpForeign => "not implemented",
        DropReason::EchoLimited
        | DropReason::IcmpLimited
        | DropReason::LinkFull
        | DropReason::NeighbourQueueFull
        | DropReason::NeighbourEvicted
        | DropReason::ReassemblyEvicted
        | DropReason::LoopbackFull
        | DropReason::OutOfMemory
        | DropReason::PortFull => "too much",
        DropReason::ReassemblyTimeout
        | DropReason::NeighbourUnreachable
        | DropReason::PortClosed => "not there",
        DropReason::Policy => "not admitted",
        _ => "read the changelog",
    }
}

/// Reads what comes back, by a buffer that is not copied.
async fn expect(stream: &mut impl BufRead<Error = Error>, mut text: &[u8]) -> Result<(), Error> {
    while !text.is_empty() {
        let received = stream.fill_buf().await?;
        assert!(!received.is_empty(), "the end");
        let count = received.len().min(text.len());
        assert_eq!(received[..count], text[..count]);
        stream.consume(count);
        text = &text[count..];
    }
    Ok(())
}

async fn whole(stream: &mut TcpStream, echo: SocketAddr) -> Result<(), Error> {
    assert_eq!(stream.peer_addr(), echo);
    assert_ne!(stream.local_addr().port(), 0);
    stream.set_nodelay(true)?;
    stream.set_keepalive(Some(Duration::from_secs(60)))?;
    assert_eq!(stream.urgent(), None);
    stream.writable().await?;
    assert_eq!(stream.try_write(b"one "), Ok(4));
    assert_eq!(stream.try_write_vectored(&[b"two", b" "]), Ok(4));
    assert_eq!(stream.write_vectored(&[b"three", b" "]).await, Ok(6));
    stream.reserve(9).await?[..5].copy_from_slice(b"four ");
    stream.commit(5).await?;
    let mut first = [0; 1];
    while let Err(error) = stream.try_read(&mut first) {
        assert_eq!(error, Error::WouldBlock);
        stream.readable().await?;
    }
    assert_eq!(&first, b"o");
    expect(stream, b"ne two three four ").await?;
    in_place(stream).await?;
    stream.shutdown();
    assert_eq!(stream.try_write(b"x"), Err(Error::BrokenPipe));
    assert_eq!(stream.reserve(1).await, Err(Error::BrokenPipe));
    assert_eq!(stream.read(&mut first).await, Ok(0));
    Ok(())
}

/// Writes whole pages in place, and reads them.
async fn in_place(stream: &mut TcpStream) -> Result<(), Error> {
    for round in 0..2 {
        let mut length = 0;
        while length < 20_000 {
            let buffer = stream.reserve(20_000 - length).await?;
            let count = buffer.len();
            for (index, byte) in buffer.iter_mut().enumerate() {
                *byte = (round + length + index) as u8;
            }
            stream.commit(count).await?;
            length += count;
        }
        for at in 0..length {
            expect(stream, &[(round + at) as u8]).await?;
        }
    }
    Ok(())
}

async fn borrowed(stream: &mut TcpStream) -> Result<(), Error> {
    let (mut read, mut write): (ReadHalf<'_>, WriteHalf<'_>) = stream.split();
    assert_eq!(read.peer_addr(), write.peer_addr());
    assert_eq!(read.local_addr(), write.local_addr());
    write.writable().await?;
    assert_eq!(write.try_write(b"one "), Ok(4));
    assert_eq!(write.try_write_vectored(&[b"two", b" "]), Ok(4));
    assert_eq!(write.write_vectored(&[b"three", b" "]).await, Ok(6));
    write.reserve(5).await?.copy_from_slice(b"four ");
    write.commit(5).await?;
    write.shutdown();
    read.readable().await?;
    let mut first = [0; 1];
    assert_eq!(read.try_read(&mut first), Ok(1));
    expect(&mut read, b"ne two three four ").await
}

async fn owned(one: TcpStream, other: TcpStream) -> Result<(), Error> {
    let (mut read, mut write): (OwnedReadHalf, OwnedWriteHalf) = one.into_split();
    assert_eq!(read.peer_addr(), write.peer_addr());
    assert_eq!(read.local_addr(), write.local_addr());
    write.writable().await?;
    assert_eq!(write.try_write(b"one "), Ok(4));
    assert_eq!(write.try_write_vectored(&[b"two", b" "]), Ok(4));
    assert_eq!(write.write_vectored(&[b"three", b" "]).await, Ok(6));
    write.reserve(5).await?.copy_from_slice(b"four ");
    write.commit(5).await?;
    read.readable().await?;
    let mut first = [0; 1];
    assert_eq!(read.try_read(&mut first), Ok(1));
    expect(&mut read, b"ne two three four ").await?;

    let (other_read, other_write) = other.into_split();
    let mixed = read.reunite(other_write).expect_err("two connections");
    let ReuniteError(read, other_write) = mixed;
    other_write.forget();
    drop(other_read);
    write.shutdown();
    let mut one = write.reunite(read).expect("one connection");
    assert_eq!(one.read(&mut first).await, Ok(0));
    Ok(())
}

/// Serves a datagram and a connection of each port: connections last, because datagrams that wait to
/// be sent at the end are lost.
pub async fn serve(
    stream: TcpListener,
    datagram: UdpSocket,
    service: Service,
) -> Result<(), Error> {
    assert_eq!((stream.port(), datagram.port()), (7000, 7000));
    assert_ne!(stream.local_addr().port(), 0);
    assert_ne!(datagram.local_addr().port(), 0);
    let Service { udp, tcp } = service;
    let mut buffer = [0; 64];
    batch(&datagram).await?;
    let (length, peer) = loop {
        match udp.try_recv_from(&mut buffer) {
            Err(Error::WouldBlock) => udp.readable().await?,
            result => break result?,
        }
    };
    udp.writable().await?;
    assert_eq!(udp.try_send_to(&buffer[..length], peer), Ok(length));
    let (length, peer) = udp.recv_from(&mut buffer).await?;
    udp.send_to(&buffer[..length], peer).await?;
    assert_eq!(edge::accept(&tcp).await, Ok(b'x'));
    for listener in [stream, tcp] {
        let (mut stream, peer): (TcpStream, SocketAddr) = listener.accept().await?;
        assert_eq!(stream.peer_addr(), peer);
        stream.write_all(b"welcome\n").await?;
        stream.shutdown();
        // Until the client closes: then it has what was sent.
        assert_eq!(stream.read(&mut [0; 1]).await, Ok(0));
    }
    Ok(())
}

/// Answers a datagram.
async fn batch(socket: &UdpSocket) -> Result<(), Error> {
    let (mut buffers, mut meta) = ([[0; 64]; 4], [RecvMeta::default(); 4]);
    let count = match socket.try_recv_many(&mut buffers, &mut meta) {
        Err(Error::WouldBlock) => socket.recv_many(&mut buffers, &mut meta).await?,
        count => count?,
    };
    assert_ne!(count, 0);
    let RecvMeta {
        addr,
        len,
        dst_ip,
        interface,
        ..
    } = meta[0];
    let mut answer = Datagram::new(&buffers[0][..len], addr);
    (answer.src_ip, answer.interface) = (dst_ip, Some(interface));
    assert_eq!((answer.contents.len(), answer.destination), (len, addr));
    assert_eq!(socket.try_send_many(&[]), Ok(0));
    assert_eq!(socket.send_many(&[answer]).await, Ok(1));
    Ok(())
}

/// What an error means for whoever asks a server.
pub fn advice(error: Error) -> &'static str {
    match error {
        Error::ConnectionRefused | Error::ConnectionReset | Error::ConnectionAborted => "ask again",
        Error::HostUnreachable | Error::NetworkDown | Error::AddrNotAvailable => "connect the link",
        Error::AddrInUse | Error::OutOfMemory => "close connections",
        Error::BrokenPipe
        | Error::WouldBlock
        | Error::MessageTooLong
        | Error::NotConnected
        | Error::PermissionDenied
        | Error::Unsupported => "mend the program",
        Error::TimedOut => "wait longer",
        _ => "read the changelog",
    }
}

/// What an error means for whoever declares a port.
pub fn remedy(error: BindError) -> &'static str {
    match error {
        BindError::InvalidPort => "choose another port",
        BindError::AddrInUse => "choose a free port",
        BindError::OutOfMemory => "give it more memory",
        _ => "read the changelog",
    }
}
