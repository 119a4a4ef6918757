use super::*;
use crate::virtio::model::Model;
use alloc::{sync::Arc, task::Wake, vec, vec::Vec};
use core::sync::atomic::{AtomicUsize, Ordering};
use proptest::prelude::*;

mod hostile;

type Net = VirtioNet<Model, super::super::model::Line>;

const ADDRESS: [u8; 6] = [0x52, 0x54, 0, 0x12, 0x34, 0x56];

/// A configuration: address, status, queue pairs, MTU.
fn configuration(mtu: u16) -> Vec<u8> {
    [&ADDRESS[..], &[1, 0, 1, 0], &mtu.to_le_bytes()].concat()
}

fn model() -> Model {
    Model::new(VIRTIO_NET_F_MAC, &configuration(0), 2)
}

fn start(model: &Model) -> Result<Net, DeviceError> {
    start_with(model, NetOptions::default())
}

fn start_with(model: &Model, options: NetOptions) -> Result<Net, DeviceError> {
    VirtioNet::new(model.clone(), model.interrupt(), options)
}

/// Counts how often a task is woken.
#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl Wakes {
    fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

fn poll(net: &mut Net, wakes: &Arc<Wakes>) -> Poll<Result<(), LinkLost>> {
    net.poll_ready(&mut Context::from_waker(&wakes.clone().into()))
}

/// Sends `frame` to the driver.
fn deliver(model: &Model, frame: &[u8]) {
    let header = if model.state().legacy { 10 } else { 12 };
    let buffer = model.take(RECEIVEQ).expect("a buffer to receive into");
    model.write(buffer, &[&vec![0; header][..], frame].concat());
    let length = (header + frame.len()) as u32;
    model.give_back(RECEIVEQ, buffer.id.into(), length);
}

/// Takes a frame that the driver sends, and gives its buffer back.
fn collect(model: &Model) -> Option<Vec<u8>> {
    let header = if model.state().legacy { 10 } else { 12 };
    let buffer = model.take(TRANSMITQ)?;
    let bytes = model.read(buffer);
    assert!(bytes[..header].iter().all(|byte| *byte == 0));
    model.give_back(TRANSMITQ, buffer.id.into(), 0);
    Some(bytes[header..].to_vec())
}

fn send(net: &mut Net, frame: &[u8]) -> bool {
    let (_, transmitter) = net.split();
    transmitter
        .push(frame.len(), |room| room.copy_from_slice(frame))
        .is_some()
}

#[test]
fn a_device_says_its_address_and_mtu() {
    let model = Model::new(
        VIRTIO_NET_F_MAC | VIRTIO_NET_F_MTU | 1 << 15,
        &configuration(1400),
        2,
    );
    let net = start(&model).unwrap();
    assert_eq!(net.mac_address(), ADDRESS);
    assert_eq!(net.mtu(), 1400);
    let accepted = model.state().accepted;
    assert_eq!(
        accepted,
        VIRTIO_NET_F_MAC | VIRTIO_NET_F_MTU | 1 << 32,
        "only what is used"
    );
    assert_eq!(model.state().status, 15);
    drop(net);
    assert_eq!(model.state().status, 0, "a device that is dropped is reset");
}

#[test]
fn the_configuration_is_read_while_it_does_not_change() {
    let model = model();
    model.state().changes = 3;
    assert_eq!(start(&model).unwrap().mac_address(), ADDRESS);
    model.state().changes = u32::MAX;
    assert_eq!(start(&model).unwrap().mac_address(), ADDRESS);
}

#[test]
fn what_the_unikernel_declares_counts() {
    let mac = [2, 0, 0, 0, 0, 1];
    let options = |mtu| NetOptions {
        mac: Some(mac),
        mtu: Some(mtu),
        ..NetOptions::default()
    };
    let net = start_with(&model(), options(9000)).unwrap();
    assert_eq!((net.mac_address(), net.mtu()), (mac, 9000));
    let model = Model::new(VIRTIO_NET_F_MAC | VIRTIO_NET_F_MTU, &configuration(1500), 2);
    assert_eq!(start_with(&model, options(1280)).unwrap().mtu(), 1280);
    let refused = start_with(&model, options(1501)).err();
    let (declared, carried) = (1501, 1500);
    assert_eq!(refused, Some(DeviceError::Mtu { declared, carried }));
}

#[test]
fn a_device_that_cannot_be_used_is_refused() {
    let refused = |change: fn(&Model)| {
        let model = model();
        change(&model);
        let error = start(&model).err();
        assert_ne!(model.state().status, 15);
        error
    };
    let never_resets: fn(&Model) = |model| {
        model.state().never_resets = true;
        model.state().status = 15;
    };
    let model = model();
    never_resets(&model);
    assert_eq!(start(&model).err(), Some(DeviceError::Reset));
    assert_eq!(
        refused(|model| model.state().features = VIRTIO_NET_F_MAC),
        Some(DeviceError::Legacy)
    );
    assert_eq!(
        refused(|model| model.state().refuses_features = true),
        Some(DeviceError::Features)
    );
    assert_eq!(
        refused(|model| model.state().limits = vec![256]),
        Some(DeviceError::Queue(1))
    );
    assert_eq!(
        refused(|model| model.state().limits = vec![48, 256]),
        Some(DeviceError::Queue(0)),
        "48 is no power of two"
    );
    assert_eq!(
        refused(|model| model.state().features = 1 << 32),
        Some(DeviceError::NoMacAddress)
    );
    assert_eq!(
        refused(|model| model.state().features |= VIRTIO_NET_F_MTU),
        Some(DeviceError::SmallMtu(0))
    );
}

#[test]
fn a_device_without_an_address_has_that_of_the_interface() {
    let fallback = [6, 0, 10, 0, 0, 2];
    let options = NetOptions {
        fallback_mac: Some(fallback),
        ..NetOptions::default()
    };
    let address = |features| {
        let model = Model::new(features, &configuration(0), 2);
        start_with(&model, options).unwrap().mac
    };
    assert_eq!(address(0), fallback);
    assert_eq!(address(VIRTIO_NET_F_MAC), ADDRESS);
}

#[test]
fn frames_arrive_in_order_as_often_as_one_likes() {
    let model = model();
    let mut net = start(&model).unwrap();
    let wakes = Arc::new(Wakes::default());
    // More than the indices count to.
    for round in 0..70_000_u32 {
        assert_eq!(poll(&mut net, &wakes), Poll::Pending);
        let frames = 1 + round as usize % 3;
        for number in 0..frames {
            deliver(&model, &[number as u8; 60]);
        }
        assert_eq!(wakes.count(), round as usize + 1, "woken once by all");
        assert_eq!(poll(&mut net, &wakes), Poll::Ready(Ok(())));
        let (receiver, _) = net.split();
        for number in 0..frames {
            assert_eq!(receiver.front().unwrap(), [number as u8; 60]);
            receiver.pop();
        }
        assert!(receiver.front().is_none());
        receiver.pop();
        let interrupts = model.state().interrupts;
        deliver(&model, &[9; 60]);
        assert_eq!(model.state().interrupts, interrupts, "it is awake");
        net.split().0.front().unwrap();
        net.split().0.pop();
    }
}

#[test]
fn the_front_frame_stays_until_it_is_popped_and_may_be_changed() {
    let model = model();
    let mut net = start(&model).unwrap();
    deliver(&model, &[1; 60]);
    deliver(&model, &[2; 1514]);
    let (receiver, _) = net.split();
    receiver.front().unwrap()[0] = 9;
    assert_eq!(receiver.front().unwrap()[..2], [9, 1]);
    receiver.pop();
    assert_eq!(receiver.front().unwrap(), [2; 1514]);
}

#[test]
fn a_device_with_no_buffers_left_gets_them_back() {
    let model = model();
    let mut net = start(&model).unwrap();
    let wakes = Arc::new(Wakes::default());
    while let Some(buffer) = model.take(RECEIVEQ) {
        model.give_back(RECEIVEQ, buffer.id.into(), 100);
    }
    model.state().notified.clear();
    let (receiver, _) = net.split();
    for _ in 0..64 {
        receiver.front().unwrap();
        receiver.pop();
    }
    assert_eq!(poll(&mut net, &wakes), Poll::Pending);
    assert!(model.state().notified.contains(&RECEIVEQ));
    let returned = core::iter::from_fn(|| model.take(RECEIVEQ)).count();
    assert_eq!(returned, 64);
}

#[test]
fn frames_too_short_for_ethernet_are_passed_over() {
    let model = model();
    let mut net = start(&model).unwrap();
    for length in [0, 11, 12, 25] {
        let buffer = model.take(RECEIVEQ).unwrap();
        model.give_back(RECEIVEQ, buffer.id.into(), length);
    }
    deliver(&model, &[7; 14]);
    assert_eq!(net.split().0.front().unwrap(), [7; 14]);
}

#[test]
fn frames_are_sent_with_an_empty_header() {
    for legacy in [false, true] {
        let model = model();
        model.state().legacy = legacy;
        let mut net = start(&model).unwrap();
        for number in 0..200_u8 {
            let frame = vec![number; 14 + usize::from(number)];
            assert!(send(&mut net, &frame));
            net.split().1.flush();
            assert_eq!(collect(&model), Some(frame));
        }
        deliver(&model, &[3; 60]);
        assert_eq!(net.split().0.front().unwrap(), [3; 60]);
    }
}

#[test]
fn a_frame_longer_than_the_link_carries_is_not_sent() {
    let mut net = start(&model()).unwrap();
    let (_, transmitter) = net.split();
    assert!(transmitter.push(1514, |frame| frame.len()) == Some(1514));
    for length in [2000, usize::MAX] {
        assert!(transmitter.push(length, |_| ()).is_none());
    }
}

#[test]
fn a_batch_is_one_notification_and_none_where_none_is_wanted() {
    let model = model();
    let mut net = start(&model).unwrap();
    model.state().notified.clear();
    for _ in 0..5 {
        assert!(send(&mut net, &[1; 60]));
    }
    assert!(model.take(TRANSMITQ).is_none(), "not yet");
    net.split().1.flush();
    net.split().1.flush();
    assert_eq!(model.state().notified, [TRANSMITQ]);
    model.want_notifications(TRANSMITQ, false);
    assert!(send(&mut net, &[1; 60]));
    net.split().1.flush();
    assert_eq!(model.state().notified, [TRANSMITQ]);
    assert_eq!(core::iter::from_fn(|| collect(&model)).count(), 6);
    assert_eq!(model.state().interrupts, 0, "no task waits for room");
}

#[test]
fn without_room_only_room_wakes() {
    let model = model();
    let mut net = start(&model).unwrap();
    let wakes = Arc::new(Wakes::default());
    while send(&mut net, &[1; 60]) {}
    assert!(!net.split().1.has_room());
    net.split().1.flush();
    deliver(&model, &[2; 60]);
    assert!(net.split().0.front().is_some());
    assert_eq!(
        poll(&mut net, &wakes),
        Poll::Pending,
        "a frame that cannot be answered is nothing to do"
    );
    assert_eq!(collect(&model), Some(vec![1; 60]));
    assert_eq!(wakes.count(), 1);
    assert_eq!(poll(&mut net, &wakes), Poll::Ready(Ok(())));
    assert!(net.split().1.has_room());
    assert_eq!(poll(&mut net, &wakes), Poll::Ready(Ok(())), "the frame");
    assert_eq!(net.split().0.front().unwrap(), [2; 60]);
}

#[test]
fn buffers_of_large_packets_are_fewer() {
    let model = model();
    let mtu = Some(u16::MAX);
    let mut net = start_with(
        &model,
        NetOptions {
            mtu,
            ..NetOptions::default()
        },
    )
    .unwrap();
    let frame = vec![5; usize::from(u16::MAX) + 14];
    assert!(send(&mut net, &frame));
    net.split().1.flush();
    assert_eq!(collect(&model), Some(frame));
    let buffers = core::iter::from_fn(|| model.take(RECEIVEQ)).count();
    assert!((2..64).contains(&buffers));
}
