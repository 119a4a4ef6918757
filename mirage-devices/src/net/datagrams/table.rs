//! The ports of a host.

use super::{
    output::{NoRoom, send_turn},
    port::{Port, PortError},
    port_table::PortTable,
    queue::QueueFull,
};
use crate::{
    net::{
        drops::DropReason,
        ephemeral,
        error::BindError,
        ip::{
            Address, DatagramInfo, Egress, IcmpError, Member, MtuDiscover, Packet, Protocol,
            Template, UDP_HEADER_LEN,
        },
        limits::UdpLimits,
        policy::{Direction, Policy, Request},
    },
    random::Random,
};
use alloc::{collections::VecDeque, vec::Vec};
use core::{
    convert::Infallible,
    task::{Context, Poll, Waker},
};

/// How many closed ports send what is left. What more of them were to send is lost.
const MAX_CLOSED: usize = 64;

/// A bound port, until it is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PortId(u16);

impl PortId {
    /// Returns the port as a member of groups.
    pub const fn as_member(self) -> Member {
        self.0
    }
}

/// Why a datagram was not queued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SendError {
    /// The queue is full.
    WouldBlock,
    /// The datagram is longer than the queue may hold or a packet can be.
    TooLong,
    /// Memory could not be allocated.
    OutOfMemory,
    /// The port is connected, and there was an error about a datagram sent before.
    Port(PortError),
}

/// Why no datagram was received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceiveError {
    /// The queue is empty.
    WouldBlock,
    /// The port is connected, and there was an error about a datagram sent before.
    Port(PortError),
}

/// The UDP ports of a host.
#[derive(Debug)]
pub struct Datagrams {
    /// Where each port is in `slots`.
    numbers: PortTable,
    slots: Vec<Option<Port>>,
    /// How many of them are closed.
    closed: usize,
    /// The slots of ports that have something to send.
    scheduled: VecDeque<u16>,
    random: Random,
}

impl Datagrams {
    /// Creates the ports, of which none is bound.
    pub fn new(random: Random) -> Self {
        Self {
            numbers: PortTable::default(),
            slots: Vec::new(),
            closed: 0,
            scheduled: VecDeque::new(),
            random,
        }
    }

    /// Binds a port.
    ///
    /// # Errors
    /// Returns [`BindError::InvalidPort`] for port 0, [`BindError::AddrInUse`] if the port is bound,
    /// and [`BindError::OutOfMemory`] if memory could not be allocated.
    pub fn bind(&mut self, number: u16, limits: UdpLimits) -> Result<PortId, BindError> {
        if number == 0 {
            return Err(BindError::InvalidPort);
        }
        if self.numbers.find(number).is_some() {
            return Err(BindError::AddrInUse);
        }
        let exhausted = |_| BindError::OutOfMemory;
        self.numbers.try_reserve().map_err(exhausted)?;
        let free = self.slots.iter().position(Option::is_none);
        let slot = free.unwrap_or(self.slots.len());
        // Closed ports that are still sending have slots, but no number.
        let id = u16::try_from(slot).map_err(|_| BindError::OutOfMemory)?;
        self.slots.try_reserve(1).map_err(exhausted)?;
        // Each port is scheduled once, so scheduling never allocates.
        let additional = (self.slots.len() + 1).saturating_sub(self.scheduled.len());
        self.scheduled.try_reserve(additional).map_err(exhausted)?;
        let port = Some(Port::new(number, limits));
        match self.slots.get_mut(slot) {
            Some(free) => *free = port,
            None => self.slots.push(port),
        }
        self.numbers.insert(number, id);
        Ok(PortId(id))
    }

    /// Binds a random port (RFC 6056, section 3.3.1).
    ///
    /// # Errors
    /// Returns [`BindError::AddrInUse`] if no port is free, and [`BindError::OutOfMemory`] if memory
    /// could not be allocated.
    pub fn bind_ephemeral(&mut self, limits: UdpLimits) -> Result<PortId, BindError> {
        let is_free = |number| self.numbers.find(number).is_none();
        let number = ephemeral::choose(self.random.clone(), is_free);
        self.bind(number.ok_or(BindError::AddrInUse)?, limits)
    }

    /// Closes a port, whose number is free from now on. It receives nothing any more; what it was to send is sent,
    /// unless many closed ports have something to send.
    pub fn close(&mut self, id: PortId) {
        let may_send = self.closed < MAX_CLOSED;
        let Some(port) = self.slot_mut(id) else {
            return;
        };
        port.close();
        let (number, has_outgoing) = (port.number, port.is_scheduled);
        self.numbers.remove(number);
        self.closed += 1;
        if !has_outgoing || !may_send {
            self.scheduled.retain(|slot| *slot != id.0);
            self.free(id.0);
        }
    }

    /// Drops the closed ports with what they were to send, and wakes all tasks that wait to receive or to send: the
    /// link is lost.
    pub fn on_link_lost(&mut self) {
        self.scheduled.clear();
        for slot in &mut self.slots {
            if let Some(port) = slot {
                port.is_scheduled = false;
                port.receivers.wake();
                port.senders.wake();
            }
            slot.take_if(|port| port.is_closed);
        }
        self.closed = 0;
    }

    /// Returns how many ports are bound.
    #[cfg(test)]
    pub(in crate::net) fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Returns the number of a port.
    pub fn number(&self, id: PortId) -> u16 {
        self.slot(id).map_or(0, |port| port.number)
    }

    /// Connects a port to a peer: datagrams of others are refused from now on, and errors about
    /// datagrams to the peer fail the next operation. What has been received stays in the queue.
    pub fn connect(&mut self, id: PortId, remote: Address, remote_port: u16) {
        if let Some(port) = self.slot_mut(id) {
            port.peer = Some((remote, remote_port));
            // About what was sent before.
            port.take_error();
        }
    }

    /// Dissolves the association of a port with its peer: datagrams of others are received again.
    pub fn disconnect(&mut self, id: PortId) {
        if let Some(port) = self.slot_mut(id) {
            port.peer = None;
            // About what was sent to the peer.
            port.take_error();
        }
    }

    /// Returns the template of the datagrams of a port, which has their options.
    pub fn template(&self, id: PortId) -> Option<&Template> {
        Some(&self.slot(id)?.template)
    }

    /// Returns the template of the datagrams of a port, to change their options.
    pub fn template_mut(&mut self, id: PortId) -> Option<&mut Template> {
        Some(&mut self.slot_mut(id)?.template)
    }

    /// Sets whether the datagrams of a port are fragmented.
    pub fn set_mtu_discover(&mut self, id: PortId, mtu_discover: MtuDiscover) {
        if let Some(port) = self.slot_mut(id) {
            port.template.set_mtu_discover(mtu_discover);
        }
    }

    /// Receives a datagram.
    ///
    /// # Errors
    /// Returns why it was dropped. The peer is notified only of [`DropReason::PortClosed`]
    /// ([`Ipv4Egress::refuse`](crate::net::ip::Ipv4Egress::refuse)).
    // A part of the loop over the frames that were received.
    #[inline(always)]
    pub fn input(
        &mut self,
        packet: &Packet<'_>,
        policy: &mut impl Policy,
    ) -> Result<(), DropReason> {
        let header = packet.payload.split_first_chunk::<UDP_HEADER_LEN>();
        let (header, data) = header.ok_or(DropReason::TransportMalformed)?;
        let remote_port = u16::from_be_bytes([header[0], header[1]]);
        let number = u16::from_be_bytes([header[2], header[3]]);
        let request = Request {
            direction: Direction::In,
            protocol: Protocol::Udp,
            local: packet.local,
            local_port: number,
            remote: packet.remote,
            remote_port,
        };
        if !policy.admits(&request) {
            return Err(DropReason::Policy);
        }
        let port = self.bound_port(number).ok_or(DropReason::PortClosed)?;
        if !port.accepts(packet.remote, remote_port) {
            return Err(DropReason::PortClosed);
        }
        let info = DatagramInfo {
            local: packet.local,
            remote: packet.remote,
            remote_port,
            ecn: packet.ecn(),
        };
        port.received.push(&info, data).map_err(|full| match full {
            QueueFull::Limit => DropReason::PortFull,
            QueueFull::OutOfMemory => DropReason::OutOfMemory,
        })?;
        port.receivers.wake();
        Ok(())
    }

    /// Passes an ICMP error to the port that sent the datagram, if it is bound.
    pub fn error(&mut self, error: &IcmpError<'_>) {
        let Some(ports) = error.payload.first_chunk::<4>() else {
            return;
        };
        let number = u16::from_be_bytes([ports[0], ports[1]]);
        let remote_port = u16::from_be_bytes([ports[2], ports[3]]);
        let Some(port) = self.bound_port(number) else {
            return;
        };
        port.set_error(PortError {
            kind: error.kind,
            remote: error.remote,
            remote_port,
        });
    }

    /// Passes the oldest datagram of a port to `read` and removes it; returns what `read` returns.
    ///
    /// # Errors
    /// Returns why there is none.
    #[inline]
    pub fn receive<R>(
        &mut self,
        id: PortId,
        read: impl FnOnce(&DatagramInfo, &[u8]) -> R,
    ) -> Result<R, ReceiveError> {
        let port = self.slot_mut(id).ok_or(ReceiveError::WouldBlock)?;
        port.check().map_err(ReceiveError::Port)?;
        let read = |info: &DatagramInfo, data: &[u8]| Ok::<_, Infallible>(read(info, data));
        let Ok(result) = port.received.take(read).ok_or(ReceiveError::WouldBlock)?;
        Ok(result)
    }

    /// Passes up to `max` datagrams of a port to `read`, the oldest first; returns how many.
    ///
    /// # Errors
    /// Returns why there is none.
    #[inline]
    pub fn receive_many(
        &mut self,
        id: PortId,
        max: usize,
        mut read: impl FnMut(&DatagramInfo, &[u8]),
    ) -> Result<usize, ReceiveError> {
        let port = self.slot_mut(id).ok_or(ReceiveError::WouldBlock)?;
        port.check().map_err(ReceiveError::Port)?;
        let mut count = 0;
        while count < max {
            let read = |info: &DatagramInfo, data: &[u8]| {
                read(info, data);
                Ok::<_, Infallible>(())
            };
            if port.received.take(read).is_none() {
                break;
            }
            count += 1;
        }
        match count {
            0 if max > 0 => Err(ReceiveError::WouldBlock),
            _ => Ok(count),
        }
    }

    /// Takes the last error about a datagram that was sent from a port.
    pub fn take_error(&mut self, id: PortId) -> Option<PortError> {
        self.slot_mut(id)?.take_error()
    }

    /// Ready when a port has a datagram, or an error with which receiving fails; otherwise the task is
    /// woken then.
    pub fn poll_receive_ready(&mut self, id: PortId, context: &mut Context<'_>) -> Poll<()> {
        match self.slot_mut(id) {
            Some(port) if port.received.is_empty() && !port.is_failing() => {
                port.receivers.register(context.waker());
                Poll::Pending
            }
            _ => Poll::Ready(()),
        }
    }

    /// Returns whether there is a datagram, and with which error the next operation fails. `waker` is woken when the
    /// next datagram is received, whether there is one already or not.
    pub fn watch(&mut self, id: PortId, waker: &Waker) -> (bool, Option<PortError>) {
        match self.slot_mut(id) {
            Some(port) => {
                port.receivers.register(waker);
                (!port.received.is_empty(), port.failure())
            }
            None => (false, None),
        }
    }

    /// Queues a datagram. Its `local` address must be one of this host.
    ///
    /// # Errors
    /// Returns why it was not queued.
    #[inline]
    pub fn send(&mut self, id: PortId, info: &DatagramInfo, data: &[u8]) -> Result<(), SendError> {
        let slot = self.slots.get_mut(usize::from(id.0));
        let Some(port) = slot.and_then(Option::as_mut) else {
            return Ok(());
        };
        if data.len()
            > port
                .outgoing
                .max_length()
                .min(usize::from(u16::MAX) - UDP_HEADER_LEN)
        {
            return Err(SendError::TooLong);
        }
        port.check().map_err(SendError::Port)?;
        port.outgoing.push(info, data).map_err(|full| match full {
            QueueFull::Limit => SendError::WouldBlock,
            QueueFull::OutOfMemory => SendError::OutOfMemory,
        })?;
        if !port.is_scheduled {
            port.is_scheduled = true;
            self.scheduled.push_back(id.0);
        }
        Ok(())
    }

    /// Ready when a port's queue has room for a datagram of `length` bytes; otherwise the task is
    /// woken when it may have.
    pub fn poll_send_ready(
        &mut self,
        id: PortId,
        length: usize,
        context: &mut Context<'_>,
    ) -> Poll<()> {
        match self.slot_mut(id) {
            Some(port)
                if !port
                    .outgoing
                    .has_room(length.min(port.outgoing.max_length())) =>
            {
                port.senders.register(context.waker());
                Poll::Pending
            }
            _ => Poll::Ready(()),
        }
    }

    /// Returns whether [`flush`](Self::flush) has something to do.
    pub fn has_outgoing(&self) -> bool {
        !self.scheduled.is_empty()
    }

    /// Sends what is queued, in turn, until the link has no room.
    #[inline]
    pub fn flush(&mut self, egress: &mut impl Egress) {
        while let Some(slot) = self.scheduled.pop_front() {
            let port = self.slots.get_mut(usize::from(slot));
            let Some(port) = port.and_then(Option::as_mut) else {
                continue;
            };
            let result = send_turn(port, egress);
            match result {
                Ok(()) if port.outgoing.is_empty() => {
                    port.is_scheduled = false;
                    if port.is_closed {
                        self.free(slot);
                    }
                }
                Ok(()) => self.scheduled.push_back(slot),
                Err(NoRoom { sent_some: true }) => return self.scheduled.push_back(slot),
                Err(NoRoom { sent_some: false }) => return self.scheduled.push_front(slot),
            }
        }
    }

    /// Removes a closed port.
    #[cold]
    #[inline(never)]
    fn free(&mut self, slot: u16) {
        self.closed -= 1;
        if let Some(slot) = self.slots.get_mut(usize::from(slot)) {
            *slot = None;
        }
    }

    #[inline(always)]
    fn bound_port(&mut self, number: u16) -> Option<&mut Port> {
        let slot = self.numbers.find(number)?;
        self.slots.get_mut(usize::from(slot))?.as_mut()
    }

    fn slot(&self, id: PortId) -> Option<&Port> {
        self.slots.get(usize::from(id.0))?.as_ref()
    }

    #[inline]
    fn slot_mut(&mut self, id: PortId) -> Option<&mut Port> {
        self.slots.get_mut(usize::from(id.0))?.as_mut()
    }
}
