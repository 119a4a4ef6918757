//! Datagrams on their way to the IP layer.

use super::port::{Port, PortError};
use crate::net::ip::{Egress, IcmpErrorKind, TransmitError};

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
        let (number, template) = (port.number, &mut port.template);
        let mut failed = None;
        let sent = port.outgoing.take(|info, data| {
            let kind = match egress.transmit_datagram(number, info, template, data) {
                Ok(()) => return Ok(()),
                Err(TransmitError::NoRoom) => {
                    return Err(NoRoom {
                        sent_some: turn > 0,
                    });
                }
                Err(TransmitError::Unreachable) => IcmpErrorKind::NetworkUnreachable,
                Err(TransmitError::TooLong) => IcmpErrorKind::FragmentationNeeded { mtu: 0 },
            };
            failed = Some(PortError {
                kind,
                remote: info.remote,
                remote_port: info.remote_port,
            });
            Ok(())
        });
        let Some(sent) = sent else { break };
        sent?;
        if let Some(error) = failed {
            port.set_error(error);
        }
        port.senders.wake();
    }
    Ok(())
}
