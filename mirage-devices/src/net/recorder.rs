//! A transmitting half that records its frames, for tests.

use super::{link::Transmit, offload::TransmitInfo};
use std::vec::Vec;

/// Records the frames that are pushed.
#[derive(Debug, Default)]
pub(crate) struct Recorder {
    pub(crate) frames: Vec<(Vec<u8>, TransmitInfo)>,
    room: usize,
}

impl Recorder {
    /// A link that has room for `room` frames.
    pub(crate) fn with_room(room: usize) -> Self {
        Self {
            frames: Vec::new(),
            room,
        }
    }
}

impl Transmit for Recorder {
    fn has_room(&mut self) -> bool {
        self.room > 0
    }

    fn push<R>(&mut self, length: usize, fill: impl FnOnce(&mut [u8]) -> R) -> Option<R> {
        self.push_with(length, TransmitInfo::default(), fill)
    }

    fn push_with<R>(
        &mut self,
        length: usize,
        info: TransmitInfo,
        fill: impl FnOnce(&mut [u8]) -> R,
    ) -> Option<R> {
        self.room = self.room.checked_sub(1)?;
        // What a buffer held before must not be transmitted.
        let mut frame = std::vec![0xa5; length];
        let result = fill(&mut frame);
        self.frames.push((frame, info));
        Some(result)
    }

    fn flush(&mut self) {}
}
