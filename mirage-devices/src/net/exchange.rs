//! One exchange of frames between a link and the sockets.

use super::{
    datagrams::Datagrams,
    drops::DropReason,
    error::Error,
    ip::{Change, Families, IcmpError, Input, Layers, Original, Packet, Predicted, Protocol},
    link::{Link, Receive, Transmit},
    neighbour::Conflict,
    offload::ReceiveInfo,
    policy::{Direction, Policy, Request},
    state::{Shared, State},
    tap::{Tap, Tapped},
    tcp,
};
use crate::{messages::log, time::Instant};
use smoltcp::wire::EthernetAddress;

/// Frames that are taken from the link before the unikernel's own tasks get a turn.
const BATCH: usize = 64;

/// When the stack wants to be run again.
pub(super) enum Next {
    /// As soon as other tasks had a turn: they may have something to send, or more frames wait.
    Now,
    /// When the link is ready, a socket has work, or the deadline comes.
    Wait(Option<Instant>),
}

impl Shared {
    /// Sends what there is to send and takes a batch of frames from the link.
    ///
    /// Tasks that are woken by what was received run before the next exchange, so that
    /// acknowledgments are sent with their data.
    pub(super) fn exchange(
        &self,
        families: &impl Families,
        link: &mut impl Link,
        now: Instant,
    ) -> Next {
        let state = &mut *self.state.borrow_mut();
        let (receiver, transmitter) = link.split();
        let tap = &mut *self.tap.borrow_mut();
        let transmitter = &mut Tapped::new(transmitter, tap);
        let layers = &mut families.layers();
        state.expire(layers, transmitter, now);
        let unsent = state.send(layers, transmitter, now);
        // What was just sent may be acknowledged already: the time since is a round trip.
        let now = self.now();
        state.now = now;
        let received = state.receive(layers, receiver, transmitter, now);
        while let Some(change) = layers.take_change() {
            state.apply(change, now);
        }
        transmitter.flush();
        if received || unsent {
            return Next::Now;
        }
        let transport = state.transport.next_deadline();
        let layers = Instant::earlier(layers.next_deadline(), state.ip.next_deadline());
        Next::Wait(Instant::earlier(transport, layers))
    }
}

impl State {
    /// Handles the timers that are due.
    fn expire(&mut self, layers: &mut impl Layers, transmitter: &mut impl Transmit, now: Instant) {
        let (transport, datagrams) = (&mut self.transport, &mut self.datagrams);
        layers.expire(&mut self.ip, now, transmitter, |error| {
            report(transport, datagrams, now, error);
        });
        let mut egress = layers.egress(&mut self.ip, now, transmitter);
        self.transport.expire(now, &mut egress);
    }

    /// Tells TCP what has changed.
    fn apply(&mut self, change: Change, now: Instant) {
        match change {
            // Its peers are not told: nothing is sent from an address that is lost.
            Change::Lost(address) => {
                let error = Error::AddrNotAvailable;
                self.transport.abort_local(now, address, error);
            }
            Change::Mtu(mtu) => self.transport.set_mtu(mtu),
        }
    }

    /// Sends what there is to send. Returns whether there is more that can be sent at once.
    fn send(
        &mut self,
        layers: &mut impl Layers,
        transmitter: &mut impl Transmit,
        now: Instant,
    ) -> bool {
        layers.flush_fragments(&mut self.ip, now, transmitter);
        let mut egress = layers.egress(&mut self.ip, now, transmitter);
        self.datagrams_first = !self.datagrams_first;
        if self.datagrams_first {
            self.datagrams.flush(&mut egress);
        }
        let more = self.transport.flush(now, &mut egress);
        if !self.datagrams_first {
            self.datagrams.flush(&mut egress);
        }
        more
    }

    /// Takes up to [`BATCH`] frames from the link, and as many from this host itself. Returns whether
    /// there were any.
    fn receive(
        &mut self,
        layers: &mut impl Layers,
        receiver: &mut impl Receive,
        transmitter: &mut Tapped<'_, impl Transmit, impl Tap>,
        now: Instant,
    ) -> bool {
        let before = self.received;
        for _ in 0..BATCH {
            let info = receiver.front_info();
            let Some(frame) = receiver.front() else {
                break;
            };
            // A frame is processed only when it can be answered.
            if !transmitter.has_room() {
                break;
            }
            self.received += 1;
            transmitter.received(frame, info);
            match layers.predicted(&self.ip, frame, info) {
                Some(Predicted::Tcp(packet)) => self.on_segment(layers, &packet, transmitter, now),
                Some(Predicted::Udp(packet)) => {
                    if let Err(reason) = self.datagrams.input(&packet, &mut self.policy) {
                        let original = |layers: &_| Layers::original_of(layers, frame);
                        self.on_dropped(layers, reason, original, transmitter, now);
                    }
                }
                None => self.on_unpredicted(layers, frame, info, transmitter, now),
            }
            receiver.pop();
        }
        let mut received = self.received != before;
        for _ in 0..BATCH {
            let Some(packet) = self.ip.take_looped() else {
                break;
            };
            received = true;
            let input = layers.input_looped(&mut self.ip, now, &packet, transmitter);
            if let Some(input) = input {
                self.deliver(layers, &input, transmitter, now);
            }
        }
        received
    }

    /// Returns whether the policy admits a segment. It is asked about those that open a connection.
    fn admits(&mut self, packet: &Packet<'_>) -> bool {
        let Some((remote_port, local_port)) = tcp::ports_of_syn(packet.payload) else {
            return true;
        };
        self.policy.admits(&Request {
            direction: Direction::In,
            protocol: Protocol::Tcp,
            local: packet.local,
            local_port,
            remote: packet.remote,
            remote_port,
        })
    }

    /// Processes a frame that is not one of those that are expected.
    #[inline(never)]
    fn on_unpredicted(
        &mut self,
        layers: &mut impl Layers,
        frame: &[u8],
        info: ReceiveInfo,
        transmitter: &mut impl Transmit,
        now: Instant,
    ) {
        let mut input = layers.input(&mut self.ip, now, frame, info, transmitter);
        let reassembled = self.ip.take_reassembled();
        if let Some(packet) = &reassembled {
            input = layers.input_reassembled(&mut self.ip, now, packet, transmitter);
        }
        if let Some(input) = input {
            self.deliver(layers, &input, transmitter, now);
        }
    }

    /// Passes a segment to TCP.
    #[inline]
    fn on_segment(
        &mut self,
        layers: &mut impl Layers,
        packet: &Packet<'_>,
        transmitter: &mut impl Transmit,
        now: Instant,
    ) {
        if self.policy.is_some() && !self.admits(packet) {
            return self.ip.count_drop(DropReason::Policy);
        }
        let is_correct = {
            let mut egress = layers.egress(&mut self.ip, now, transmitter);
            self.transport.input(now, packet, &mut egress)
        };
        if !is_correct {
            self.ip.count_drop(DropReason::TransportMalformed);
        }
    }

    /// Counts a datagram that UDP has dropped, and refuses it if its port is closed.
    #[inline(never)]
    fn on_dropped<'a, L: Layers>(
        &mut self,
        layers: &mut L,
        reason: DropReason,
        original: impl FnOnce(&L) -> Option<Original<'a>>,
        transmitter: &mut impl Transmit,
        now: Instant,
    ) {
        self.ip.count_drop(reason);
        if reason == DropReason::PortClosed
            && let Some(original) = original(layers)
        {
            layers.refuse_datagram(&mut self.ip, now, transmitter, &original);
        }
    }

    /// Passes what a frame contained to the layer above IP.
    fn deliver(
        &mut self,
        layers: &mut impl Layers,
        input: &Input<'_>,
        transmitter: &mut impl Transmit,
        now: Instant,
    ) {
        match input {
            Input::Tcp(packet) => {
                self.on_segment(layers, packet, transmitter, now);
            }
            Input::Udp(packet, original) => {
                if let Err(reason) = self.datagrams.input(packet, &mut self.policy) {
                    self.on_dropped(layers, reason, |_| Some(*original), transmitter, now);
                }
            }
            Input::Error(error) => {
                report(&mut self.transport, &mut self.datagrams, now, error);
            }
            Input::Conflict(address, mac, conflict) => {
                let mac = EthernetAddress(*mac);
                match conflict {
                    Conflict::Defended => {
                        log!(Warn, "{mac} uses the address {address}, too")
                    }
                    Conflict::Repeated => {}
                    Conflict::Lost => {
                        log!(Error, "{address} is given up: {mac} uses it")
                    }
                }
            }
        }
    }
}

/// Passes an ICMP error to the layer that sent the packet.
fn report(
    transport: &mut tcp::Transport,
    datagrams: &mut Datagrams,
    now: Instant,
    error: &IcmpError<'_>,
) {
    match error.protocol {
        Protocol::Tcp => transport.on_icmp_error(now, error),
        Protocol::Udp => datagrams.error(error),
        Protocol::Icmp => {}
    }
}
