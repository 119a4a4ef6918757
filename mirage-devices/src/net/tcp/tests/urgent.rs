//! Urgent data (RFC 9293, section 3.8.5). It is received in line; none is sent.

use super::wire::Script;
use crate::net::tcp::segment::Flags;
use alloc::{sync::Arc, task::Wake, vec, vec::Vec};
use core::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

/// A segment whose urgent pointer is `urgent`.
fn urgent(script: &mut Script, urgent: u16, data: &[u8]) -> Vec<super::wire::Answer> {
    let header = script.header(Flags::ACK | Flags::URG);
    let mut bytes = vec![0; header.len()];
    header.write(&mut bytes);
    bytes[18..20].copy_from_slice(&urgent.to_be_bytes());
    bytes.extend_from_slice(data);
    script.receive(&bytes);
    script.flush()
}

/// Counts how often a task is woken.
#[derive(Debug, Default)]
struct Wakes(AtomicU32);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// The pointer is behind data that has not arrived, and moves on before it has.
#[test]
fn urgent_data_may_be_longer_than_its_segment() {
    let (mut script, id) = Script::established();
    urgent(&mut script, 60_000, b"abc");
    script.seq = script.seq + 3;
    assert_eq!(script.transport.urgent(id), Some(60_000));
    assert_eq!(script.read(id).as_deref(), Ok(&b"abc"[..]));
    assert_eq!(script.transport.urgent(id), Some(59_997));
    urgent(&mut script, 65_535, b"d");
    script.seq = script.seq + 1;
    assert_eq!(script.transport.urgent(id), Some(65_535));
    // It does not move back.
    urgent(&mut script, 1, b"e");
    assert_eq!(script.transport.urgent(id), Some(65_535));
}

/// The task that reads learns of urgent data although there is nothing to read.
#[test]
fn a_pointer_without_data_wakes_the_reader() {
    let (mut script, id) = Script::established();
    let wakes = Arc::new(Wakes::default());
    let mut bytes = [0; 10];
    for (pointer, expected) in [(100, 1), (100, 1), (200, 2)] {
        let waker = wakes.clone().into();
        let read = script
            .transport
            .read(script.now, id, &mut bytes, &waker)
            .expect("it is open");
        assert_eq!(read, None);
        urgent(&mut script, pointer, b"");
        assert_eq!(wakes.0.load(Ordering::Relaxed), expected, "{pointer}");
    }
}

/// The byte does not fit into the window, but the pointer counts.
#[test]
fn a_pointer_counts_while_the_window_is_closed() {
    let (mut script, id) = Script::established();
    super::window::fill(&mut script);
    let answers = urgent(&mut script, 1, b"!");
    assert_eq!((answers[0].ack, answers[0].window), (script.seq, 0));
    let unread = script.read(id).expect("it is open").len();
    assert!(unread > 10_000);
    assert_eq!(script.transport.urgent(id), Some(1));
    assert!(script.wait(Duration::from_secs(1)).len() <= 1);
}
