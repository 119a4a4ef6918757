//! The Internet Protocol.

mod packet;

pub use packet::{
    Address, Ecn, Egress, NextHopHint, Packet, PacketHeader, Protocol, TransmitError,
};
