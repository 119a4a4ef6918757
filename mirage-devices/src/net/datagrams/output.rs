//! Datagrams on their way to the IP layer.

use super::port::{Port, PortError};
use crate::net::ip::{Egress, IcmpErrorKind, PacketHeader, Protocol, TransmitError};

/// Length of a UDP header in bytes.
pub(in crate::net) const HEADER_LEN: usize = 8;

/// How many datagrams a port sends before it is the next one's turn.
const TURN: usize = 16;

/// The link has no room for a frame.
pub(super) struct NoRoom {
    /// Whether it had room for a datagram of this turn.
    pub(super) sent_some: bool,
}

/// Sends datagrams of a port until it is the next one's turn.
#[inline]
pub(super) fn send_turn(port: &mut Port, egress: &mut impl Egress) -> Result<(), NoRoom> {
    for turn in 0..TURN {
        let Some((info, data)) = port.outgoing.front() else {
            break;
        };
        let header = PacketHeader {
            local: info.local,
            remote: info.remote,
            protocol: Protocol::Udp,
            ecn: info.ecn,
        };
        let length = HEADER_LEN + data.len();
        let (source, destination) = (port.number.to_be_bytes(), info.remote_port.to_be_bytes());
        let write = move |datagram: &mut [u8]| {
            if let Some((header, payload)) = datagram.split_first_chunk_mut::<HEADER_LEN>() {
                header[..2].copy_from_slice(&source);
                header[2..4].copy_from_slice(&destination);
                header[4..6].copy_from_slice(&(length as u16).to_be_bytes());
                header[6..].fill(0);
                payload.copy_from_slice(data);
            }
        };
        let kind = match egress.transmit(&header, &mut port.hint, length, write) {
            Ok(()) => None,
            Err(TransmitError::NoRoom) => {
                return Err(NoRoom {
                    sent_some: turn > 0,
                });
            }
            Err(TransmitError::Unreachable) => Some(IcmpErrorKind::NetworkUnreachable),
            Err(TransmitError::TooLong) => Some(IcmpErrorKind::FragmentationNeeded { mtu: 0 }),
        };
        if let Some(kind) = kind {
            let (remote, remote_port) = (info.remote, info.remote_port);
            port.set_error(PortError {
                kind,
                remote,
                remote_port,
            });
        }
        port.outgoing.pop();
        port.senders.wake();
    }
    Ok(())
}
