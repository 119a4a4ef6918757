use super::*;
use alloc::{boxed::Box, rc::Rc, sync::Arc, vec};
use core::{
    cell::Cell,
    sync::atomic::{AtomicBool, AtomicUsize},
};
use std::thread;

#[repr(C, align(64))]
struct Memory([u8; LENGTH]);

/// A ring's memory that lives as long as the test process, and the tender's side of it.
fn ring() -> (RingMemory, Tender) {
    let memory = NonNull::from(Box::leak(Box::new(Memory([0; LENGTH])))).cast();
    // SAFETY: the memory is leaked, and used by the two sides only.
    unsafe { (RingMemory::new(memory), Tender(RingMemory::new(memory))) }
}

/// The tender's side.
struct Tender(RingMemory);

// SAFETY: the memory is leaked, and shared by atomic words and what they order.
unsafe impl Send for Tender {}

impl Tender {
    /// Reports that it has taken so many entries.
    fn report_taken(&self, taken: u32) {
        self.0.word(HEAD).store(taken, Ordering::Release);
    }

    /// Takes the next frame, if there is one.
    fn take(&self) -> Option<(u32, Vec<u8>)> {
        let head = self.0.word(HEAD).load(Ordering::Relaxed);
        if head == self.0.word(TAIL).load(Ordering::Acquire) {
            return None;
        }
        let offset = ENTRIES + (head % COUNT) as usize * size_of::<Entry>();
        // SAFETY: the guest has written the entry and its buffer, and changes neither until it is
        // notified.
        let frame = unsafe {
            let entry = self.0.0.add(offset).cast::<Entry>().read_volatile();
            assert_eq!((entry.operation, entry.id), (NET_WRITE, 0));
            let frame = core::slice::from_raw_parts(entry.data as *const u8, entry.length as usize);
            (entry.handle, frame.to_vec())
        };
        self.report_taken(head.wrapping_add(1));
        Some(frame)
    }
}

#[test]
fn frames_are_taken_in_order_once_they_are_shown() {
    let (memory, tender) = ring();
    let kicks = Rc::new(Cell::new(0));
    let count = kicks.clone();
    let mut ring = Ring::new(memory, move || count.set(count.get() + 1)).expect("a ring");
    for length in [14, 2048] {
        assert_eq!(ring.push(3, length, |frame| frame.fill(7)), Some(()));
    }
    assert_eq!(tender.take(), None);
    ring.flush();
    assert_eq!(kicks.get(), 0, "it does not sleep");
    assert_eq!(tender.take(), Some((3, vec![7; 14])));
    assert_eq!(tender.take(), Some((3, vec![7; 2048])));
    tender.0.word(NEEDS_KICK).store(1, Ordering::Relaxed);
    ring.flush();
    assert_eq!(kicks.get(), 0, "there is nothing new");
    ring.push(1, 20, |frame| frame.fill(1));
    ring.flush();
    assert_eq!(kicks.get(), 1);
    assert_eq!(ring.push(3, 2049, |_| ()), None, "too long");
}

#[test]
fn a_tender_that_takes_nothing_is_not_waited_for() {
    let (memory, tender) = ring();
    let mut ring = Ring::new(memory, || ()).expect("a ring");
    for index in 0..BUFFERS {
        assert!(ring.push(1, 4, |frame| frame.fill(index as u8)).is_some());
    }
    assert_eq!(ring.push(1, 4, |_| ()), None);
    // What was queued is shown meanwhile, and what is taken makes room.
    assert_eq!(tender.take(), Some((1, vec![0; 4])));
    assert!(ring.push(1, 4, |frame| frame.fill(9)).is_some());
    assert_eq!(tender.take(), Some((1, vec![1; 4])));
}

#[test]
fn a_tender_that_takes_what_is_not_there_is_given_up() {
    for taken in [2, 1000, u32::MAX, u32::MAX / 2] {
        let (memory, tender) = ring();
        let mut ring = Ring::new(memory, || ()).expect("a ring");
        ring.push(1, 4, |_| ());
        ring.flush();
        tender.report_taken(taken);
        assert_eq!(ring.push(1, 4, |_| ()), None, "{taken}");
        tender.report_taken(1);
        assert_eq!(ring.push(1, 4, |_| ()), None, "it is not trusted again");
    }
    // A head that goes back.
    let (memory, tender) = ring();
    let mut ring = Ring::new(memory, || ()).expect("a ring");
    for _ in 0..3 {
        ring.push(1, 4, |_| ());
    }
    ring.flush();
    tender.report_taken(3);
    assert!(ring.push(1, 4, |_| ()).is_some());
    tender.report_taken(1);
    assert_eq!(ring.push(1, 4, |_| ()), None);
}

#[test]
fn a_ring_that_is_in_use_is_left_alone() {
    let (memory, tender) = ring();
    tender.report_taken(5);
    assert!(Ring::new(memory, || ()).is_none());
}

/// With indices that wrap, and a tender that sleeps and is woken.
#[test]
fn no_frame_is_lost_or_changed_between_two_processors() {
    const FRAMES: usize = 20_000;
    let (memory, tender) = ring();
    for word in [TAIL, HEAD] {
        memory.word(word).store(u32::MAX - 100, Ordering::Relaxed);
    }
    let awake = Arc::new(AtomicBool::new(true));
    let by_call = Arc::new(AtomicUsize::new(0));
    let (sleeper, called) = (awake.clone(), by_call.clone());
    let host = thread::spawn(move || {
        let mut expected = 0;
        while expected + called.load(Ordering::Acquire) < FRAMES {
            while let Some((_, frame)) = tender.take() {
                let length = frame.len();
                assert!(frame.iter().all(|byte| usize::from(*byte) == length % 256));
                expected += 1;
            }
            sleeper.store(false, Ordering::SeqCst);
            tender.0.word(NEEDS_KICK).store(1, Ordering::SeqCst);
            let tail = tender.0.word(TAIL).load(Ordering::SeqCst);
            let quiet = tail == tender.0.word(HEAD).load(Ordering::Relaxed);
            while quiet
                && !sleeper.load(Ordering::Acquire)
                && expected + called.load(Ordering::Acquire) < FRAMES
            {
                thread::yield_now();
            }
            tender.0.word(NEEDS_KICK).store(0, Ordering::SeqCst);
        }
        expected
    });
    let mut ring = Ring::new(memory, || awake.store(true, Ordering::Release)).expect("a ring");
    for index in 0..FRAMES {
        let length = 14 + index % 1500;
        if ring
            .push(1, length, |frame| frame.fill(length as u8))
            .is_none()
        {
            by_call.fetch_add(1, Ordering::Release);
        }
        if index % 7 == 0 {
            ring.flush();
        }
    }
    ring.flush();
    let taken = host.join().expect("the tender");
    assert_eq!(taken + by_call.load(Ordering::Acquire), FRAMES);
}
