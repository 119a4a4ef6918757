//! The network of an image: our own stack on the link that the machine has.

use crate::{
    device::StartError,
    freestanding::heap,
    net::{attached::Attached, interface::InterfaceConfig},
    platform::net::{Link, attach},
    random::Random,
    time::Clock,
};

pub(crate) use mirage_devices::net::{TcpListener, TcpStream, UdpSocket};

/// The stack of an interface.
pub(crate) type Stack = Attached<Link>;

/// Starts the network of an interface.
pub(crate) fn start(
    interface: &InterfaceConfig,
    clock: Clock,
    random: Random,
) -> Result<Stack, StartError> {
    // The rest is left for tasks and for what else the program keeps.
    let memory = heap::size() / 4;
    Attached::new(interface, attach(interface)?, memory, clock, random)
}
