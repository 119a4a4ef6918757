//! Peers whose every segment is an input of the fuzzer.

use super::{
    wire::Script,
    world::{B, PORT, waker},
};
use crate::net::{
    ip::{Ecn, IcmpError, IcmpErrorKind, Packet, Protocol},
    tcp::{KeepAlive, options::OptionBytes, segment::Flags},
};
use alloc::{vec, vec::Vec};
use core::time::Duration;
use fuzzing::{Input as Decisions, fuzz};

/// Where a number of 16 bits is, seen from a sequence number: near it, or far away.
fn offset(decisions: &mut Decisions<'_>) -> u32 {
    let near = decisions.u16();
    match decisions.u8() % 8 {
        0 => u32::from(near) << 16,
        1 => u32::from(near),
        2 => u32::from(near).wrapping_neg(),
        _ => u32::from(near % 64).wrapping_sub(8),
    }
}

/// A segment of the connection, with options that mean something or nothing.
fn segment(script: &Script, decisions: &mut Decisions<'_>) -> Vec<u8> {
    let mut header = script.header(Flags::ACK);
    header.seq = script.seq + offset(decisions);
    header.ack = script.ack + offset(decisions);
    header.window = decisions.u16();
    header.options = OptionBytes::NONE;
    let flags = decisions.u8();
    let length = usize::from(decisions.u8() % 11) * 4;
    let options = decisions.take(length);
    let mut bytes = vec![0; 20];
    header.write(&mut bytes);
    bytes[12] = ((5 + options.len().div_ceil(4)) << 4) as u8;
    // Mostly those of a connection that goes on.
    bytes[13] = if flags < 128 {
        0x10 | flags & 0x29
    } else {
        flags
    };
    bytes.extend(options);
    bytes.resize(20 + (bytes.len() - 20).next_multiple_of(4), 1);
    let length = usize::from(decisions.u8()) * 6;
    bytes.extend(decisions.take(length));
    bytes
}

fn seeds() -> Vec<Vec<u8>> {
    let mut steps = Vec::new();
    // Data in order and out of order, an acknowledgment of data, a wait, a close.
    for at in [8, 8 + 32, 8, 8 + 9] {
        steps.extend([0, at, 0, 9, 8, 0, 9, 0, 0x10, 8, 0, 4, 1, 2, 3, 4]);
    }
    steps.extend([
        3, 200, 4, 5, 100, 0, 0, 8, 0, 9, 40, 0, 9, 0, 0x10, 0x10, 0, 0,
    ]);
    vec![steps.clone(), [steps, vec![7, 5, 255, 255]].concat()]
}

#[test]
fn fuzz_segments() {
    fuzz("segments", &seeds(), |bytes| {
        let mut decisions = Decisions::new(bytes);
        let (mut script, id) = Script::established();
        while !decisions.is_empty() {
            match decisions.u8() % 9 {
                0..=2 => {
                    let ecn = if decisions.u8() < 64 {
                        Ecn::CongestionExperienced
                    } else {
                        Ecn::Capable0
                    };
                    let bytes = segment(&script, &mut decisions);
                    let packet = Packet {
                        local: B.into(),
                        remote: script.source.into(),
                        class: ecn.class(),
                        payload: &bytes,
                    };
                    script
                        .transport
                        .input(script.now, &packet, &mut script.outbox);
                    script.flush();
                }
                3 => {
                    let data = vec![7; usize::from(decisions.u8()) * 64];
                    let _ = script.transport.write(id, &data, &waker());
                    script.flush();
                }
                4 => {
                    let _ = script.read(id);
                    script.flush();
                }
                5 => {
                    let millis = decisions.u16();
                    script.wait(Duration::from_millis(millis.into()));
                }
                6 => {
                    let seq = script.ack + offset(&mut decisions);
                    let mut header = PORT.to_be_bytes().to_vec();
                    header.extend(script.port.to_be_bytes());
                    header.extend(seq.0.to_be_bytes());
                    let error = IcmpError {
                        kind: IcmpErrorKind::FragmentationNeeded {
                            mtu: decisions.u16(),
                        },
                        local: B.into(),
                        remote: script.source.into(),
                        protocol: Protocol::Tcp,
                        payload: &header,
                    };
                    script.transport.on_icmp_error(script.now, &error);
                    script.flush();
                }
                7 => {
                    script.transport.shutdown(id);
                    script.flush();
                }
                _ => {
                    let keep_alive = KeepAlive {
                        idle: Duration::from_secs(decisions.u8().into()),
                        ..KeepAlive::default()
                    };
                    let now = script.now;
                    script.transport.set_keep_alive(now, id, Some(keep_alive));
                }
            }
            script.transport.check();
        }
        script.transport.release(id, script.now);
        // A reset and a handshake, if the input had them.
        while let Some(id) = script.transport.accept(PORT, &waker()) {
            script.transport.release(id, script.now);
        }
        script.flush();
        script.wait(Duration::from_secs(2000));
        assert_eq!(script.transport.population(), (0, 0, 0));
        let pool = script.transport.pool();
        assert_eq!((pool.in_use(), pool.committed()), (0, 0));
    });
}
