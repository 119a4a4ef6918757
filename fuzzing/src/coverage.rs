//! LLVM's inline 8-bit counters: one for each edge of the control flow, counted by the compiled code.

use std::{collections::BTreeSet, slice, sync::Mutex};

/// The counters of each compilation unit: the addresses of the first one and behind the last.
static REGIONS: Mutex<Vec<(usize, usize)>> = Mutex::new(Vec::new());

/// Called by the constructor of each compilation unit that has counters.
#[unsafe(no_mangle)]
extern "C" fn __sanitizer_cov_8bit_counters_init(start: *mut u8, stop: *mut u8) {
    let region = (start.addr(), stop.addr());
    let mut regions = REGIONS.lock().expect("no other thread failed");
    if region.0 < region.1 && !regions.contains(&region) {
        regions.push((start.expose_provenance(), stop.expose_provenance()));
    }
}

/// What was reached by all runs so far.
#[derive(Default)]
pub(crate) struct Coverage {
    /// By counter, a bit for each magnitude it had.
    seen: Vec<u8>,
}

impl Coverage {
    /// Sets the counters to zero, before a run.
    pub(crate) fn clear(&self) {
        for_each(|counters| counters.fill(0));
    }

    /// Whether the run reached an edge, or a magnitude of its counter, that no run had before.
    pub(crate) fn is_new(&mut self) -> bool {
        let mut new = false;
        for_each_reached(|index, counter| {
            if self.seen.len() <= index {
                self.seen.resize(index + 1, 0);
            }
            let magnitude = 1 << counter.ilog2();
            new |= self.seen[index] & magnitude == 0;
            self.seen[index] |= magnitude;
        });
        new
    }

    /// The edges that the run reached.
    pub(crate) fn reached(&self) -> BTreeSet<usize> {
        let mut reached = BTreeSet::new();
        for_each_reached(|index, _| {
            reached.insert(index);
        });
        reached
    }

    /// How many edges were reached by any run.
    pub(crate) fn edges(&self) -> usize {
        self.seen.iter().filter(|seen| **seen != 0).count()
    }
}

/// Visits the counters that are not zero, which are few.
fn for_each_reached(mut visit: impl FnMut(usize, u8)) {
    let mut start = 0;
    for_each(|counters| {
        for (position, chunk) in counters.chunks(16).enumerate() {
            if chunk.iter().fold(0, |any, counter| any | counter) != 0 {
                let offset = start + 16 * position;
                let reached = (offset..).zip(chunk.iter().copied());
                reached
                    .filter(|(_, counter)| *counter > 0)
                    .for_each(|(index, counter)| visit(index, counter));
            }
        }
        start += counters.len();
    });
}

fn for_each(mut visit: impl FnMut(&mut [u8])) {
    for (start, stop) in REGIONS.lock().expect("no other thread failed").iter() {
        let start_pointer = std::ptr::with_exposed_provenance_mut(*start);
        // SAFETY: the compiler gave this range of bytes, which live as long as the program. Code
        // that is compiled with counters adds to them; a race loses a count and nothing else.
        visit(unsafe { slice::from_raw_parts_mut(start_pointer, stop - start) });
    }
}
