//! The network of an image: our own stack on the link that the machine has.

use crate::{
    device::StartError,
    freestanding::{heap, one_core::thread_local},
    net::{attached::Attached, interface::InterfaceConfig},
    platform::net::{Link, attach},
    random::Random,
    time::Clock,
};

use mirage_devices::net::Budget;
pub(crate) use mirage_devices::net::{TcpListener, TcpStream, UdpSocket};

/// The stack of an interface.
pub(crate) type Stack = Attached<Link>;

thread_local! {
    // The rest is left for tasks and for what else the program keeps.
    static BUDGET: Budget = Budget::new(heap::size() / 4);
}

/// Returns the memory that the connections of all interfaces share.
#[cfg(feature = "std")]
pub(crate) fn budget() -> Budget {
    BUDGET.with(Budget::clone)
}

/// Starts the network of an interface.
pub(crate) fn start(
    interface: &InterfaceConfig,
    clock: Clock,
    random: Random,
) -> Result<Stack, StartError> {
    let budget = BUDGET.with(Budget::clone);
    Attached::new(interface, attach(interface)?, budget, clock, random)
}
