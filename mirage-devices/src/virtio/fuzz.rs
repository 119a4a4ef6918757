//! Devices whose every answer is an input of the fuzzer: none makes a driver panic.

use super::{
    block::VirtioBlock,
    discovery,
    model::Model,
    net::{NetOptions, VirtioNet},
};
use crate::{
    block::Block as _,
    net::link::{Link as _, Receive as _, Transmit as _},
};
use alloc::vec::Vec;
use core::{
    pin::pin,
    task::{Context, Waker},
};
use embassy_futures::poll_once;
use fuzzing::{Input, fuzz};

/// A device with any features, configuration and queue sizes.
fn model(input: &mut Input<'_>, queues: usize) -> Model {
    let features = u64::from_le_bytes(input.bytes());
    let model = Model::new(features, &input.bytes::<32>(), queues);
    let mut state = model.state();
    state.honest = false;
    let flags = input.u8();
    state.legacy = flags & 1 != 0;
    state.says_causes = flags & 2 != 0;
    state.refuses_features = flags & 4 != 0;
    state.changes = (flags >> 4).into();
    for limit in &mut state.limits {
        *limit = if flags & 8 == 0 { 256 } else { input.u16() };
    }
    drop(state);
    model
}

/// What a device does by itself. `true` if `action` is one of these things.
fn misbehave(action: u8, model: &Model, queues: u16, input: &mut Input<'_>) -> bool {
    let queue = u16::from(input.u8()) % queues;
    // A driver that has given up has taken the queues back.
    let Some(size) = model.queue_size(queue) else {
        return false;
    };
    match action % 8 {
        0 => {
            let size = 4 + 8 * usize::from(size);
            model.write_used(
                queue,
                2 * (usize::from(input.u16()) % (size / 2)),
                input.u16(),
            );
        }
        1 => model.give_back(queue, input.u16().into(), input.u32()),
        2 => model.need_reset(),
        3 => {
            // As it should: the next request is answered, its last buffer filled.
            if let Some(request) = model.take_request(queue)
                && let (Some(first), Some(last)) = (request.first(), request.last())
            {
                let count = input.u8();
                let bytes = input.take(count.into());
                if last.device_writes {
                    model.write(*last, &bytes[..bytes.len().min(last.length as usize)]);
                }
                model.give_back(queue, first.id.into(), bytes.len() as u32);
            }
        }
        _ => return false,
    }
    true
}

/// The seed: an ordinary device that answers a few requests.
fn seed(features: u64, configuration: &[u8]) -> Vec<u8> {
    let mut seed = features.to_le_bytes().to_vec();
    seed.extend(configuration);
    seed.resize(8 + 32, 0);
    seed.push(0);
    for action in [4, 5, 3, 6, 4, 3, 7, 3] {
        seed.extend([action, 0, 20]);
        seed.extend([1; 20]);
    }
    seed
}

#[test]
fn fuzz_net_device() {
    let configuration = [0x52, 0x54, 0, 0x12, 0x34, 0x56, 1, 0, 1, 0, 0xdc, 5];
    fuzz(
        "net-device",
        &[seed(1 << 5 | 1 << 3, &configuration)],
        |bytes| {
            let mut input = Input::new(bytes);
            let model = model(&mut input, 2);
            let options = NetOptions::default();
            let Ok(mut net) = VirtioNet::new(model.clone(), model.interrupt(), options) else {
                return;
            };
            while !input.is_empty() {
                let action = input.u8();
                if misbehave(action, &model, 2, &mut input) {
                    continue;
                }
                if action.is_multiple_of(2) {
                    let _ = net.poll_ready(&mut Context::from_waker(Waker::noop()));
                }
                let (receiver, transmitter) = net.split();
                while let Some(frame) = receiver.front() {
                    frame.fill(0);
                    receiver.pop();
                }
                for _ in 0..input.u8() {
                    let _ = transmitter.push(60, |frame| frame.fill(0));
                }
                transmitter.flush();
            }
        },
    );
}

#[test]
fn fuzz_block_device() {
    let mut configuration = [0; 24];
    configuration[1] = 4;
    configuration[21] = 16;
    fuzz(
        "block-device",
        &[seed(1 << 6 | 1 << 9, &configuration)],
        |bytes| {
            let mut input = Input::new(bytes);
            let model = model(&mut input, 1);
            let Ok(disk) = VirtioBlock::new(model.clone()) else {
                return;
            };
            let mut line = model.interrupt();
            let mut buffer = alloc::vec![0; disk.block_size() * 2];
            let mut work = pin!(disk.work(&mut line));
            while !input.is_empty() {
                let blocks = u64::from(input.u8());
                let kind = input.u8();
                let mut request = pin!(async {
                    let _ = match kind % 3 {
                        0 => disk.read(blocks, &mut buffer).await,
                        1 => disk.write(blocks, &buffer).await,
                        _ => disk.flush().await,
                    };
                });
                for _ in 0..=input.u8() % 4 {
                    if poll_once(request.as_mut()).is_ready() {
                        break;
                    }
                    let action = input.u8();
                    misbehave(action, &model, 1, &mut input);
                    if poll_once(work.as_mut()).is_ready() {
                        return;
                    }
                }
            }
        },
    );
}

#[test]
fn fuzz_discovery() {
    let aml = b"\x5b\x82VR00\x08_HID\x0dLNRO0005\0\x08_UID\x00\x08_CRS\x11\
        \x86\x09\x00\x01\x00\x00\x00\xd0\x00\x10\x00\x00\x89\x06\x00\x01\x01\x05\x00\x00\x00\x79\x00";
    let line = b"quiet virtio_mmio.device=4K@0xd0000000:5 virtio_mmio.device=512@0xd0001000:6:1";
    fuzz("discovery", &[aml.to_vec(), line.to_vec()], |bytes| {
        for found in discovery::on_command_line(bytes).chain(discovery::in_dsdt(bytes)) {
            assert!(
                found.address.checked_add(found.length).is_some(),
                "{found:?}"
            );
        }
    });
}
