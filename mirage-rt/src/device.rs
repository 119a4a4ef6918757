//! The traits of devices.

mod start_error;

pub use mirage_devices::{
    device::{Config, Device, STOP_LIMIT, Share, StartError},
    interrupt::Interrupt,
    net::{
        link::{Link, LinkLost, Receive, Transmit},
        offload::{ChecksumState, Offloads, PartialChecksum, ReceiveInfo, TransmitInfo},
    },
    time::Monotonic,
};
