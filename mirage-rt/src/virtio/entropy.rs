//! Entropy, from the processor and from a virtio entropy device.

use super::{
    acpi::generation,
    clock,
    devices::{self, AnyTransport, Match},
    memory,
};
use crate::{
    arch::{random as processor, time_stamp},
    device::StartError,
    freestanding::reseeding::Interval,
    graph::Chain,
    logger::report,
    random::Random,
};
use core::{ptr::read_volatile, time::Duration};
use mirage_devices::{
    random::{Entropy, reseeding},
    virtio::{VIRTIO_ID_RNG, rng::VirtioRng},
};

/// Time limit for the entropy device.
const PATIENCE: Duration = Duration::from_secs(1);

/// Returns a generator that is seeded from every source that the machine has, and again at intervals and
/// when the machine turns out to be a copy. The sum of all sources is at least as unpredictable as the
/// best of them.
pub(crate) fn random() -> Result<Random, StartError> {
    let processor = processor::bytes();
    let (device, seed) = match device() {
        Ok(Some((device, seed))) => (Some(device), Some(seed)),
        Ok(None) => (None, None),
        Err(cause) => {
            report!(Warn, "the entropy device is not used: {}", Chain(&cause));
            (None, None)
        }
    };
    if processor.is_none() && seed.is_none() {
        return Err(StartError::new(
            "the machine has no source of entropy: neither RDRAND nor a virtio entropy device",
        ));
    }
    let mut bytes = seed.unwrap_or_default();
    add(&mut bytes, &processor.unwrap_or_default());
    let machine = Machine {
        interval: Interval::begin(time_stamp::read()),
        generation: Generation::find(),
        device,
    };
    Ok(reseeding(bytes, machine))
}

type Device = VirtioRng<AnyTransport>;

/// Opens the entropy device and reads a seed from it; `None` if there is none.
fn device() -> Result<Option<(Device, [u8; 32])>, StartError> {
    // The device keeps the line. Its interrupt only has to end the sleep.
    let Some((device, _line)) = devices::take(VIRTIO_ID_RNG, |_| Match::Exact)? else {
        return Ok(None);
    };
    let mut device = VirtioRng::new(device)?;
    let mut seed = [0; 32];
    let mut filled = 0;
    let deadline = clock::now() + PATIENCE;
    while filled < seed.len() {
        // Also if each answer is empty.
        if clock::now() >= deadline {
            return Err(StartError::new("it gives no bytes"));
        }
        device.request();
        match device.take() {
            Ok(Some((bytes, count))) => {
                let room = &mut seed[filled..];
                let count = count.min(room.len());
                room[..count].copy_from_slice(&bytes[..count]);
                filled += count;
            }
            Ok(None) => clock::wait(Some(deadline)),
            Err(_) => return Err(StartError::new("it is broken")),
        }
    }
    Ok(Some((device, seed)))
}

/// What the machine adds to the generator after the seed.
struct Machine {
    interval: Interval,
    generation: Option<Generation>,
    device: Option<Device>,
}

impl Entropy for Machine {
    fn fresh(&mut self) -> Option<[u8; 32]> {
        let mut fresh = self.generation.as_mut().and_then(Generation::changed);
        if fresh.is_some() || self.interval.is_over(time_stamp::read()) {
            // An answer that waits may be in the snapshot: copies of the machine have the same.
            self.take_answer(&mut fresh);
            if let Some(device) = &mut self.device {
                device.request();
            }
            match processor::bytes() {
                // What the device answers is mixed in at a later draw.
                Some(bytes) => add(fresh.get_or_insert_default(), &bytes),
                None => self.await_answer(&mut fresh),
            }
        }
        self.take_answer(&mut fresh);
        fresh
    }
}

impl Machine {
    /// Adds what the device has answered. Returns whether it has.
    fn take_answer(&mut self, fresh: &mut Option<[u8; 32]>) -> bool {
        match self.device.as_mut().map(VirtioRng::take) {
            Some(Ok(Some((bytes, _)))) => {
                add(fresh.get_or_insert_default(), &bytes);
                true
            }
            Some(Err(_)) => {
                self.device = None;
                false
            }
            _ => false,
        }
    }

    /// Waits for an answer of the device, which is the only source. One that does not come is not waited for
    /// again.
    fn await_answer(&mut self, fresh: &mut Option<[u8; 32]>) {
        let deadline = clock::now() + PATIENCE;
        while self.device.is_some() && !self.take_answer(fresh) {
            if clock::now() >= deadline {
                self.device = None;
            }
            core::hint::spin_loop();
        }
    }
}

fn add(bytes: &mut [u8; 32], others: &[u8; 32]) {
    for (byte, other) in bytes.iter_mut().zip(others) {
        *byte ^= other;
    }
}

/// The machine's generation ID.
struct Generation {
    address: *const [u64; 2],
    last: [u64; 2],
}

impl Generation {
    /// Returns the generation ID; `None` if the machine has none.
    fn find() -> Option<Self> {
        let address = memory::acpi_tables()?.aml().find_map(generation::find)?;
        let address = memory::map_firmware(address, size_of::<[u64; 2]>())?.cast();
        let mut generation = Self {
            address,
            last: [0; 2],
        };
        generation.last = generation.read();
        Some(generation)
    }

    fn read(&self) -> [u64; 2] {
        // SAFETY: mapped by `find` and aligned, as `generation::find` checks. The host writes there while the
        // machine does not run, and the machine never does: the firmware keeps it out of the memory map.
        unsafe { read_volatile(self.address) }
    }

    /// Returns the ID if it has changed since the last call.
    fn changed(&mut self) -> Option<[u8; 32]> {
        let id = self.read();
        if id == self.last {
            return None;
        }
        self.last = id;
        let mut bytes = [0; 32];
        for (slot, half) in bytes.chunks_exact_mut(8).zip(id) {
            slot.copy_from_slice(&half.to_le_bytes());
        }
        Some(bytes)
    }
}
