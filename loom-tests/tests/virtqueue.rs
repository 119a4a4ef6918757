//! The driver's side of a virtqueue (`mirage-devices/src/virtio/queue.rs`), with a device on another
//! thread. loom runs each test with every value that the memory model lets a thread read.

extern crate alloc;

#[path = "virtqueue/memory.rs"]
mod memory;
#[expect(dead_code, reason = "drivers need more than these tests")]
#[path = "../../mirage-devices/src/virtio/queue.rs"]
mod queue;
#[path = "virtqueue/transport.rs"]
mod transport;

use loom::{
    cell::UnsafeCell,
    sync::{Arc, atomic::Ordering},
    thread,
};
use memory::{DmaMemory, fence};
use mirage_devices::virtio::DeviceError;
use queue::{Queue, Used};
use transport::Device;

// Offsets in the queue's memory (sections 2.7.5, 2.7.6 and 2.7.8).
const LENGTH: usize = 8;
const AVAIL_FLAGS: usize = 32;
const AVAIL_INDEX: usize = 34;
const AVAIL_RING: usize = 36;
const USED_FLAGS: usize = 4096;
const USED_INDEX: usize = 4098;
const USED_RING: usize = 4100;

fn new_queue() -> (Queue, Device, DmaMemory) {
    let mut device = Device::default();
    let queue = Queue::new(&mut device, 0, 2).expect("a queue");
    (queue, device, DmaMemory::last())
}

/// Returns the used buffer 0, in which the device wrote `length` bytes.
fn put_used(memory: &DmaMemory, length: u32) {
    memory.write(USED_RING, 0_u32);
    memory.write(USED_RING + 4, length);
    fence(Ordering::Release);
    memory.write(USED_INDEX, 1_u16);
}

/// The device sees a descriptor and its buffer as the driver wrote them, and the driver the buffer that
/// the device used. loom reports it if both access the buffer at the same time.
#[test]
fn buffers_are_exchanged() {
    loom::model(|| {
        let (mut queue, mut device, memory) = new_queue();
        let buffer = Arc::new(UnsafeCell::new(0));
        let shared = buffer.clone();
        let thread = thread::spawn(move || {
            while memory.read::<u16>(AVAIL_INDEX) == 0 {
                thread::yield_now();
            }
            fence(Ordering::Acquire);
            assert_eq!(memory.read::<u16>(AVAIL_RING), 0);
            assert_eq!(memory.read::<u32>(LENGTH), 64);
            // SAFETY: the driver made the buffer available to the device.
            shared.with_mut(|buffer| unsafe { *buffer += 1 });
            put_used(&memory, 8);
        });
        // SAFETY: the device does not have the buffer.
        buffer.with_mut(|buffer| unsafe { *buffer = 41 });
        queue.describe(0, 0, 64, true);
        queue.push_avail(0, 64);
        queue.publish(&mut device);
        let used = loop {
            match queue.pop_used().expect("the device keeps the rules") {
                Some(used) => break used,
                None => thread::yield_now(),
            }
        };
        assert_eq!(used, Used { id: 0, length: 8 });
        // SAFETY: the device has returned the buffer.
        assert_eq!(buffer.with(|buffer| unsafe { *buffer }), 42);
        thread.join().expect("the device ends");
    });
}

/// A device that enables notifications and then looks for buffers is notified, or finds the buffer.
#[test]
fn no_available_buffer_is_missed() {
    const VIRTQ_USED_F_NO_NOTIFY: u16 = 1;
    loom::model(|| {
        let (mut queue, mut device, memory) = new_queue();
        memory.write(USED_FLAGS, VIRTQ_USED_F_NO_NOTIFY);
        let thread = thread::spawn(move || {
            memory.write(USED_FLAGS, 0_u16);
            fence(Ordering::SeqCst);
            memory.read::<u16>(AVAIL_INDEX) == 1
        });
        queue.push_avail(0, 64);
        queue.publish(&mut device);
        let is_found = thread.join().expect("the device ends");
        assert!(is_found || device.is_notified);
    });
}

/// A driver that enables interrupts and then looks for used buffers is interrupted, or finds the buffer.
#[test]
fn no_used_buffer_is_missed() {
    loom::model(|| {
        let (mut queue, mut device, memory) = new_queue();
        queue.set_interrupts(false);
        queue.push_avail(0, 64);
        queue.publish(&mut device);
        let thread = thread::spawn(move || {
            put_used(&memory, 8);
            fence(Ordering::SeqCst);
            memory.read::<u16>(AVAIL_FLAGS) == 0
        });
        queue.set_interrupts(true);
        let is_found = queue.has_used();
        let is_interrupted = thread.join().expect("the device ends");
        assert!(is_found || is_interrupted);
    });
}
