//! Entropy: the processor's, since a tender has none.

use crate::{
    arch::{random as processor, time_stamp},
    device::StartError,
    freestanding::reseeding::Interval,
    random::Random,
};
use mirage_devices::random::{Entropy, reseeding};

/// Returns a generator that the processor seeds, and seeds again at intervals.
pub(crate) fn random() -> Result<Random, StartError> {
    let seed = processor::bytes().ok_or_else(|| {
        StartError::new("the machine has no source of entropy: the processor has no RDRAND")
    })?;
    Ok(reseeding(
        seed,
        Processor(Interval::begin(time_stamp::read())),
    ))
}

struct Processor(Interval);

impl Entropy for Processor {
    fn fresh(&mut self) -> Option<[u8; 32]> {
        self.0.is_over(time_stamp::read()).then(processor::bytes)?
    }
}
