//! The platform: what a target provides to the rest of the runtime.
//!
//! A target is a directory whose `mod.rs` has the names below. This file selects the target that is
//! built and checks that it has every name, with the right type: what is missing or wrong is reported
//! here, on every target. `template/` is a target to copy from.

#[cfg(mirage_target = "hvt")]
use crate::hvt as target;
#[cfg(mirage_target = "spt")]
use crate::spt as target;
#[cfg(mirage_target = "template")]
use crate::template as target;
#[cfg(not(mirage_target))]
use crate::unix as target;
#[cfg(mirage_target = "virtio")]
use crate::virtio as target;

pub(crate) use target::{
    TARGET, Unparker, adopt, block, exit, fail, initialise, net, now, poll, random, read_arguments,
    refuse_arguments, shutdown_request, shutdown_requested, thread_local, wait, wall_clock,
    write_console,
};

/// Which thread runs the tasks in a program with std.
#[cfg(all(not(mirage_target), feature = "std"))]
pub(crate) use target::device_thread;

/// What images provide to [`freestanding`](crate::freestanding), which provides the rest of them with
/// the names above.
#[cfg(mirage_target)]
pub(crate) use target::{boot_arguments, force_unlock_console, has_arguments};

/// What targets provide to the threads of programs with std.
#[cfg(all(mirage_target, feature = "std"))]
pub(crate) use target::{initialise_thread_pointer, protect_page};

use crate::{
    device::StartError,
    graph::block::DiskConfig,
    net::{Error, host_resolver::HostResolver, interface::InterfaceConfig},
    random::Random,
    shutdown::ShutdownRequest,
    time::{Clock, Duration, Instant},
};
use alloc::boxed::Box;
use core::{
    fmt,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    ops::Deref,
    task::{Context, Poll},
};
use mirage_devices::{
    block::Block,
    net::{
        Datagram, MtuDiscover, Reach, RecvMeta, Stack, TcpLimits, UdpLimits, dhcp::CurrentLease,
        ip::Families,
    },
};
use mirage_graph::argument::{Argument, ParsedArgs};
use mirage_graph::target::Target;

const _: Target = TARGET;
// The Rust target that is compiled for has the target's architecture.
#[cfg(mirage_target)]
const _: () = assert!(matches!(TARGET.arch(), Some(crate::arch::ARCH)));

// Returns the time since boot, which never goes back.
const _: fn() -> Instant = now;
// Returns the time since the Unix epoch; `None` if the machine does not know the date.
const _: fn() -> Option<Duration> = wall_clock;
// Wakes the tasks whose devices have events, without waiting. Called after each round of ready tasks.
const _: fn() = poll;
// Sleeps until a device has an event or the deadline has passed, and wakes the tasks concerned. It may
// return early. Called while no task is ready.
const _: fn(Option<Instant>) = wait;
// Returns a generator that is seeded from the machine's entropy.
const _: fn() -> Result<Random, StartError> = random;
// Writes to the console. What the console does not accept is lost.
const _: fn(&[u8]) = write_console;

// Prepares for a unikernel with a stack of this size, before any device starts.
const _: fn(u64) = initialise;
// Ends the machine with an exit status.
const _: fn(u8) -> ! = exit;
// Prints an error and ends the machine with status 1: the host does not let the unikernel run.
const _: fn(fmt::Arguments<'_>) -> ! = fail;

// Parses the boot arguments of the unikernel with this name, which `lists` describe. Ends the machine
// after `--help` and after an error.
type ReadArguments = fn(&str, &[&[Argument<&'static str>]]) -> ParsedArgs<'static>;
const _: ReadArguments = read_arguments;
// The same for a unikernel that declares no arguments.
const _: fn(&str) = refuse_arguments;

// Wakes the executor that made it, from another thread.
const _: fn() -> Unparker = Unparker::new;
const _: fn(&Unparker) = Unparker::unpark;

#[allow(dead_code, reason = "checked, not called")]
const _: () = {
    thread_local! {
        // As `std::thread_local!`: one static for each thread.
        static LOCAL: Box<u8> = Box::new(0);
    }

    // Makes a task a part of the current unikernel: a test may boot several.
    fn adopted<F: Future + 'static>(task: F) -> impl Future<Output = F::Output> + 'static {
        adopt(task)
    }

    // Returns the current unikernel's view of the host's request for shutdown.
    fn request() -> impl Deref<Target = ShutdownRequest> {
        shutdown_request()
    }

    // Completes when the host requests shutdown, each time it is awaited.
    fn requested() -> impl Future<Output = ()> + 'static {
        shutdown_requested()
    }
};

#[cfg(all(mirage_target, feature = "std"))]
const _: () = {
    // Prepares for `arch::thread_pointer::set`.
    const _: fn() = initialise_thread_pointer;
    // Makes accesses to the page at this address fault, if the target can.
    const _: fn(u64) = protect_page;
};

/// Disks.
#[allow(dead_code, reason = "checked, not called")]
const _: () = {
    use block::Device;

    // Finds the device of a disk.
    async fn attach(config: &DiskConfig) -> Result<Device, StartError> {
        block::attach(config).await
    }

    fn block_of(device: &Device) -> &impl Block {
        device.block()
    }

    // Returns the work of the driver; `None` if there is none, or if it runs already.
    fn run(device: &Device) -> Option<impl Future<Output = ()> + 'static> {
        device.run()
    }
};

/// The network. Images have the sockets of our own stack on a `Link`.
#[allow(dead_code, reason = "checked, not called")]
const _: () = {
    use alloc::vec::Vec;
    use net::{TcpListener, TcpStream, UdpSocket};

    type Started = Result<net::Stack, StartError>;
    const _: fn(&InterfaceConfig, Clock, Random) -> Started = net::start;
    const _: fn(&net::Stack) -> net::Stack = net::Stack::clone;
    // Returns our own stack, if it is one, and its lease.
    const _: fn(&net::Stack) -> Option<(&Stack, &CurrentLease)> = net::Stack::stack_and_lease;
    // Returns the name servers of the interface at a position.
    const _: fn(&net::Stack, usize) -> Vec<Ipv4Addr> = net::Stack::name_servers;
    // Returns whether connections can have IPv6 addresses.
    const _: fn(&net::Stack) -> bool = net::Stack::has_ipv6;
    // Returns what the host knows about names, if its sockets are used.
    const _: fn(&net::Stack) -> Option<HostResolver> = net::Stack::host;
    type Listening = Result<TcpListener, StartError>;
    const _: fn(&net::Stack, u16, TcpLimits) -> Listening = net::Stack::listen;
    type Bound = Result<UdpSocket, StartError>;
    const _: fn(&net::Stack, u16, UdpLimits) -> Bound = net::Stack::bind_udp;
    // Binds a random port.
    const _: fn(&net::Stack) -> Result<UdpSocket, Error> = net::Stack::open_udp;

    async fn connect(stack: &net::Stack, peer: SocketAddr) -> Result<TcpStream, Error> {
        stack.connect(peer).await
    }

    // Returns the work of the stack; `None` if there is none, or if it runs already.
    fn run(
        stack: &net::Stack,
        families: impl Families,
    ) -> Option<impl Future<Output = ()> + 'static> {
        stack.run(families)
    }

    type Accepted = Poll<Result<TcpStream, Error>>;
    const _: fn(&TcpListener, &mut Context<'_>) -> Accepted = TcpListener::poll_accept;
    const _: fn(&TcpListener) -> SocketAddr = TcpListener::local_addr;
    const _: fn(&TcpListener) -> u16 = TcpListener::port;

    const _: fn(&TcpStream) -> SocketAddr = TcpStream::local_addr;
    const _: fn(&TcpStream) -> SocketAddr = TcpStream::peer_addr;
    const _: fn(&TcpStream, &mut [u8]) -> Result<usize, Error> = TcpStream::try_read;
    const _: fn(&TcpStream, &[u8]) -> Result<usize, Error> = TcpStream::try_write;
    type Read = Poll<Result<usize, Error>>;
    const _: fn(&TcpStream, &mut Context<'_>, &mut [u8]) -> Read = TcpStream::poll_read;
    const _: fn(&TcpStream, &mut Context<'_>, &mut Vec<u8>) -> Read = TcpStream::poll_fill;
    const _: fn(&TcpStream, &mut Context<'_>) -> Poll<()> = TcpStream::poll_read_ready;
    const _: fn(&TcpStream, &mut Context<'_>) -> Poll<()> = TcpStream::poll_write_ready;
    const _: fn(&TcpStream, bool) -> Result<(), Error> = TcpStream::set_nodelay;
    const _: fn(&TcpStream, Option<Duration>) -> Result<(), Error> = TcpStream::set_keepalive;
    const _: fn(&TcpStream) -> Option<usize> = TcpStream::urgent;
    const _: fn(&TcpStream) = TcpStream::shutdown;
    const _: fn(&TcpStream) = TcpStream::abort;

    type Received = Result<(usize, SocketAddr), Error>;
    type Ready = Poll<Result<(), Error>>;
    const _: fn(&UdpSocket) -> SocketAddr = UdpSocket::local_addr;
    const _: fn(&UdpSocket) -> u16 = UdpSocket::port;
    const _: fn(&UdpSocket, &mut [u8]) -> Received = UdpSocket::try_recv_from;
    const _: fn(&UdpSocket, &mut Context<'_>, &mut [u8]) -> Poll<Received> =
        UdpSocket::poll_recv_from;
    const _: fn(&UdpSocket, &[u8], SocketAddr) -> Result<usize, Error> = UdpSocket::try_send_to;
    const _: fn(&UdpSocket, &mut Context<'_>) -> Ready = UdpSocket::poll_recv_ready;
    const _: fn(&UdpSocket, &[Datagram<'_>]) -> Result<usize, Error> = UdpSocket::try_send_many;
    const _: fn(&UdpSocket, SocketAddr) -> Result<(), Error> = UdpSocket::connect;
    const _: fn(&UdpSocket) -> Option<(Error, SocketAddr)> = UdpSocket::take_error;
    const _: fn(&UdpSocket, bool) -> Result<(), Error> = UdpSocket::set_broadcast;
    const _: fn(&UdpSocket) -> Result<bool, Error> = UdpSocket::broadcast;
    const _: fn(&UdpSocket, MtuDiscover) -> Result<(), Error> = UdpSocket::set_mtu_discover;
    const _: fn(&UdpSocket) -> Result<MtuDiscover, Error> = UdpSocket::mtu_discover;
    type Group = fn(&UdpSocket, Ipv4Addr, Ipv4Addr) -> Result<(), Error>;
    const _: Group = UdpSocket::join_multicast_v4;
    const _: Group = UdpSocket::leave_multicast_v4;
    const _: fn(&UdpSocket, bool) -> Result<(), Error> = UdpSocket::set_multicast_loop_v4;
    const _: fn(&UdpSocket) -> Result<bool, Error> = UdpSocket::multicast_loop_v4;
    const _: fn(&UdpSocket, u32) -> Result<(), Error> = UdpSocket::set_multicast_ttl_v4;
    const _: fn(&UdpSocket) -> Result<u32, Error> = UdpSocket::multicast_ttl_v4;
    const _: fn(&UdpSocket, &Ipv6Addr) -> Result<(), Error> = UdpSocket::join_multicast_v6;
    const _: fn(&UdpSocket, &Ipv6Addr) -> Result<(), Error> = UdpSocket::leave_multicast_v6;
    const _: fn(&UdpSocket, bool) -> Result<(), Error> = UdpSocket::set_multicast_loop_v6;
    const _: fn(&UdpSocket) -> Result<bool, Error> = UdpSocket::multicast_loop_v6;
    const _: fn(&UdpSocket, u32) -> Result<(), Error> = UdpSocket::set_multicast_hops_v6;
    const _: fn(&UdpSocket) -> Result<u32, Error> = UdpSocket::multicast_hops_v6;
    const _: fn(&UdpSocket, &mut Context<'_>) -> Ready = UdpSocket::poll_send_ready;
    const _: fn(&UdpSocket, SocketAddr) -> Reach = UdpSocket::reach;

    fn receive_many<B: AsMut<[u8]>>(
        socket: &UdpSocket,
        context: &mut Context<'_>,
        (buffers, meta): (&mut [B], &mut [RecvMeta]),
    ) -> Poll<Result<usize, Error>> {
        match socket.try_recv_many(buffers, meta) {
            Err(Error::WouldBlock) => socket.poll_recv_many(context, buffers, meta),
            received => Poll::Ready(received),
        }
    }
};

/// What [`freestanding`](crate::freestanding) needs of an image's target.
#[cfg(mirage_target)]
const _: () = {
    use crate::device::Link;
    use alloc::{string::String, vec::Vec};
    use mirage_graph::argument::ArgumentError;

    // Returns the boot arguments, split.
    const _: fn() -> Result<Vec<String>, ArgumentError> = boot_arguments;
    // Returns whether there are boot arguments. It is a part of every image, and so parses nothing.
    const _: fn(&str) -> bool = has_arguments;
    // Unlocks the console, whatever code holds the lock. That code never runs again.
    const _: unsafe fn() = force_unlock_console;

    // Finds the device of an interface.
    const _: fn(&InterfaceConfig) -> Result<net::Link, StartError> = net::attach;
    const fn is_link<L: Link + 'static>() {}
    is_link::<net::Link>();
};
