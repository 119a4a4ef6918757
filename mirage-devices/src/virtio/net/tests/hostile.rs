//! Devices that break the rules: the link is lost, or goes on, and nothing else happens.

use super::*;

/// Does nothing wrong up to `misdeed`, then looks what the driver makes of it.
fn after(misdeed: impl FnOnce(&Model, &mut Net)) -> Poll<Result<(), LinkLost>> {
    let model = model();
    let mut net = start(&model).unwrap();
    let wakes = Arc::new(Wakes::default());
    deliver(&model, &[1; 60]);
    net.split().0.front().unwrap();
    net.split().0.pop();
    assert_eq!(poll(&mut net, &wakes), Poll::Pending);
    misdeed(&model, &mut net);
    exchange(&mut net);
    let result = poll(&mut net, &wakes);
    exchange(&mut net);
    if result == Poll::Ready(Err(LinkLost)) {
        assert_eq!(poll(&mut net, &wakes), result, "lost for good");
    }
    result
}

/// What the stack does: takes all frames, and answers while it can.
fn exchange(net: &mut Net) {
    let (receiver, transmitter) = net.split();
    while let Some(frame) = receiver.front() {
        assert!((14..=1600).contains(&frame.len()));
        frame.fill(0);
        receiver.pop();
    }
    if transmitter.has_room() {
        assert!(transmitter.push(60, |frame| frame.fill(0)).is_some());
    }
    transmitter.flush();
}

const LOST: Poll<Result<(), LinkLost>> = Poll::Ready(Err(LinkLost));

#[test]
fn a_buffer_that_does_not_exist() {
    for id in [64, 255, 0x1_0000, u32::MAX] {
        assert_eq!(after(|model, _| model.give_back(RECEIVEQ, id, 100)), LOST);
    }
}

#[test]
fn more_bytes_than_fit() {
    for length in [2000, 65_536, u32::MAX] {
        let long = |model: &Model, _: &mut Net| model.give_back(RECEIVEQ, 3, length);
        assert_eq!(after(long), LOST);
    }
}

#[test]
fn more_buffers_than_there_are() {
    for index in [66, 1000, 0, u16::MAX] {
        let jump = |model: &Model, _: &mut Net| {
            model.write_used(RECEIVEQ, 2, index);
            model.raise();
        };
        assert_eq!(after(jump), LOST, "{index}");
    }
}

#[test]
fn a_sent_frame_that_comes_back_twice_or_too_early() {
    let sent = |model: &Model, net: &mut Net| {
        while send(net, &[1; 60]) {}
        net.split().1.flush();
        model.give_back(TRANSMITQ, 1, 0);
        model.give_back(TRANSMITQ, 1, 0);
    };
    assert_eq!(after(sent), LOST);
    let early = |model: &Model, net: &mut Net| {
        model.write_used(TRANSMITQ, 2, 1);
        while send(net, &[1; 60]) {}
    };
    // None of them has been made available when room is looked for.
    assert_eq!(after(early), LOST);
}

#[test]
fn a_device_that_asks_to_be_reset_is_lost() {
    assert_eq!(after(|model, _| model.need_reset()), LOST);
    // Together with a frame: a transport that reports the cause of an interrupt reports it at once.
    let with_frame = |model: &Model, _: &mut Net| {
        model.state().says_causes = true;
        let buffer = model.take(RECEIVEQ).unwrap();
        model.give_back(RECEIVEQ, buffer.id.into(), 100);
        model.need_reset();
    };
    let model = model();
    let mut net = start(&model).unwrap();
    let wakes = Arc::new(Wakes::default());
    assert_eq!(poll(&mut net, &wakes), Poll::Pending);
    with_frame(&model, &mut net);
    assert_eq!(poll(&mut net, &wakes), LOST);
}

#[test]
fn a_device_that_asks_with_a_frame_is_found_out_when_room_ends() {
    let model = model();
    let mut net = start(&model).unwrap();
    let wakes = Arc::new(Wakes::default());
    assert_eq!(poll(&mut net, &wakes), Poll::Pending);
    deliver(&model, &[1; 60]);
    model.need_reset();
    assert_eq!(poll(&mut net, &wakes), Poll::Ready(Ok(())));
    exchange(&mut net);
    assert_eq!(poll(&mut net, &wakes), Poll::Pending);
    while send(&mut net, &[1; 60]) {}
    assert_eq!(poll(&mut net, &wakes), LOST);
}

#[test]
fn interrupts_for_nothing_are_nothing() {
    assert_eq!(after(|model, _| model.raise()), Poll::Pending);
}

#[test]
fn memory_is_left_to_a_device_that_does_not_reset() {
    let model = model();
    let net = start(&model).unwrap();
    let buffer = model.take(RECEIVEQ).unwrap();
    model.state().never_resets = true;
    drop(net);
    // Would be a write to freed memory.
    model.write(buffer, &[1; 60]);
}

/// What either side does next.
#[derive(Debug, Clone)]
enum Step {
    /// The device writes a number anywhere into a used ring.
    Scribble(u16, usize, u16),
    /// The device returns a buffer, perhaps one that it has.
    GiveBack(u16, u32, u32),
    /// The device does its work.
    Work,
    NeedReset,
    Poll,
    Exchange,
    Fill,
}

fn step() -> impl Strategy<Value = Step> {
    let number = prop_oneof![0..70_u16, any::<u16>()];
    prop_oneof![
        1 => (0..2_u16, 0..258_usize, number).prop_map(|(queue, place, value)| {
            Step::Scribble(queue, 2 * place, value)
        }),
        2 => (0..2_u16, 0..70_u32, prop_oneof![0..2000_u32, any::<u32>()])
            .prop_map(|(queue, id, length)| Step::GiveBack(queue, id, length)),
        4 => Just(Step::Work),
        1 => Just(Step::NeedReset),
        4 => Just(Step::Poll),
        4 => Just(Step::Exchange),
        1 => Just(Step::Fill),
    ]
}

proptest! {
    #[test]
    fn nothing_that_a_device_does_is_a_panic(steps in prop::collection::vec(step(), 0..60)) {
        let model = model();
        model.state().honest = false;
        let mut net = start(&model).unwrap();
        let wakes = Arc::new(Wakes::default());
        for step in steps {
            match step {
                Step::Scribble(queue, place, value) => model.write_used(queue, place, value),
                Step::GiveBack(queue, id, length) => model.give_back(queue, id, length),
                Step::Work => {
                    while collect(&model).is_some() {}
                    if let Some(buffer) = model.take(RECEIVEQ) {
                        model.write(buffer, &[1; 100]);
                        model.give_back(RECEIVEQ, buffer.id.into(), 100);
                    }
                }
                Step::NeedReset => model.need_reset(),
                Step::Poll => {
                    let _ = poll(&mut net, &wakes);
                }
                Step::Exchange => exchange(&mut net),
                Step::Fill => {
                    while send(&mut net, &[1; 60]) {}
                    net.split().1.flush();
                }
            }
        }
    }
}
