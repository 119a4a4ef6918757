//! One exchange of frames between a link and the sockets.

use super::{
    admission::Admitted,
    device::Device,
    instant::{of_wire, wire},
    link::{Link, Receive, Transmit},
    outbox::DatagramSender,
    segment::{self, Segment},
    state::{Shared, State},
};
use crate::time::Instant;
use core::time::Duration;
use smoltcp::iface::PollResult;

/// Frames that are taken from the link before the unikernel's own tasks get a turn.
const BATCH: usize = 64;

/// How long what is due and cannot be sent waits before it is tried again.
const RETRY: Duration = Duration::from_millis(10);

/// When the stack wants to be run again.
pub(super) enum Next {
    /// As soon as other tasks had a turn: more frames are waiting.
    Now,
    /// When the link is ready, a socket has work, or the deadline comes.
    Wait(Option<Instant>),
}

impl Shared {
    /// Takes a batch of frames from the link and sends what there is to send.
    pub(super) fn exchange(&self, link: &mut impl Link, now: Instant) -> Next {
        let state = &mut *self.state.borrow_mut();
        let (receiver, transmitter) = link.split();
        let more = state.receive(self, receiver, transmitter, now);
        state
            .connections
            .maintain(&mut state.sockets, &mut state.listeners, now);
        let mut device = Device::new(receiver, transmitter, self.mtu);
        state.datagrams_first = !state.datagrams_first;
        if state.datagrams_first {
            state.send_datagrams(&mut device, now);
            state.send_segments(&mut device, now);
        } else {
            state.send_segments(&mut device, now);
            state.send_datagrams(&mut device, now);
        }
        let starved = device.starved;
        transmitter.flush();
        // Some of those have sent their last.
        state.connections.maintain_orphans(&mut state.sockets, now);
        if more {
            return Next::Now;
        }
        let protocol = if starved {
            // Without room nothing can be sent, even if it is overdue: the link wakes the task when
            // it has room.
            None
        } else {
            // A deadline that has passed and yet gave nothing to send (there is no way to the peer)
            // is looked at again later, not at once.
            let due = state
                .interface
                .poll_at(wire(now), &state.sockets)
                .map(of_wire);
            due.map(|due| if due <= now { now + RETRY } else { due })
        };
        let housekeeping = state.connections.next_deadline();
        let datagrams = state
            .datagrams
            .as_ref()
            .and_then(DatagramSender::next_deadline);
        Next::Wait(
            [protocol, housekeeping, datagrams]
                .into_iter()
                .flatten()
                .min(),
        )
    }
}

impl State {
    /// Takes up to [`BATCH`] frames from the link; whether there may be more that can be taken now.
    fn receive<R: Receive, T: Transmit>(
        &mut self,
        shared: &Shared,
        receiver: &mut R,
        transmitter: &mut T,
        now: Instant,
    ) -> bool {
        for _ in 0..BATCH {
            let Some(frame) = receiver.front() else {
                return false;
            };
            // A frame is looked at only when it can be answered.
            if !transmitter.has_room() {
                return false;
            }
            shared.counters.count(|counters| counters.received += 1);
            self.arp_received |= segment::is_arp(frame);
            let segment = segment::parse(frame);
            let admitted = match segment {
                Some(Segment::Opening(flow)) => self.admit(shared, flow, now),
                Some(Segment::Reset(_)) | None => Admitted::AsItIs,
            };
            if matches!(admitted, Admitted::No) {
                receiver.pop();
                continue;
            }
            let mut device = Device::new(receiver, transmitter, shared.mtu);
            self.interface
                .poll_ingress_single(wire(now), &mut device, &mut self.sockets);
            if let Admitted::New(socket) = admitted {
                self.connections
                    .forget_if_not_opened(&mut self.sockets, socket);
            }
            if let Some(Segment::Reset(flow)) = segment {
                self.connections.note_reset(&mut self.sockets, flow);
            }
        }
        true
    }

    fn send_segments<R: Receive, T: Transmit>(
        &mut self,
        device: &mut Device<'_, R, T>,
        now: Instant,
    ) {
        // One pass sends at most one segment of each socket.
        while !device.starved
            && self
                .interface
                .poll_egress(wire(now), device, &mut self.sockets)
                == PollResult::SocketStateChanged
        {}
    }

    fn send_datagrams<R: Receive, T: Transmit>(
        &mut self,
        device: &mut Device<'_, R, T>,
        now: Instant,
    ) {
        let arp_received = core::mem::take(&mut self.arp_received);
        let Some(datagrams) = &mut self.datagrams else {
            return;
        };
        datagrams.retry(&mut self.interface, device, arp_received, now);
        for (port, outbox) in &mut self.outboxes {
            datagrams.empty(&mut self.interface, device, *port, outbox, now);
        }
    }
}
