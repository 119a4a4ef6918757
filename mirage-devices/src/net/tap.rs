//! A tap: sees each frame that an interface receives and transmits, for example to capture them.

use super::{
    link::Transmit,
    offload::{ReceiveInfo, TransmitInfo},
};
use alloc::boxed::Box;

/// Sees the frames of an interface.
///
/// `()` is the tap of an interface that has none; calling it compiles to nothing.
pub trait Tap {
    /// Called with each frame received, before the stack processes it.
    fn received(&mut self, frame: &[u8], info: ReceiveInfo);

    /// Called with each frame to transmit, when it is complete except for what `info` leaves to the
    /// link.
    fn transmitted(&mut self, frame: &[u8], info: TransmitInfo);
}

impl Tap for () {
    #[inline]
    fn received(&mut self, _: &[u8], _: ReceiveInfo) {}

    #[inline]
    fn transmitted(&mut self, _: &[u8], _: TransmitInfo) {}
}

/// `None` sees nothing.
impl Tap for Option<Box<dyn Tap>> {
    #[inline]
    fn received(&mut self, frame: &[u8], info: ReceiveInfo) {
        if let Some(tap) = self {
            tap.received(frame, info);
        }
    }

    #[inline]
    fn transmitted(&mut self, frame: &[u8], info: TransmitInfo) {
        if let Some(tap) = self {
            tap.transmitted(frame, info);
        }
    }
}

/// A transmitting half whose frames a tap sees.
#[derive(Debug)]
pub struct Tapped<'a, T, P> {
    transmitter: &'a mut T,
    tap: &'a mut P,
}

impl<'a, T: Transmit, P: Tap> Tapped<'a, T, P> {
    /// Creates one.
    pub fn new(transmitter: &'a mut T, tap: &'a mut P) -> Self {
        Self { transmitter, tap }
    }

    /// Shows a received frame to the tap.
    #[inline]
    pub fn received(&mut self, frame: &[u8], info: ReceiveInfo) {
        self.tap.received(frame, info);
    }
}

impl<T: Transmit, P: Tap> Transmit for Tapped<'_, T, P> {
    #[inline]
    fn has_room(&mut self) -> bool {
        self.transmitter.has_room()
    }

    #[inline]
    fn room(&mut self) -> usize {
        self.transmitter.room()
    }

    #[inline]
    fn push<R>(&mut self, length: usize, fill: impl FnOnce(&mut [u8]) -> R) -> Option<R> {
        let tap = &mut *self.tap;
        self.transmitter.push(length, |frame| {
            let result = fill(frame);
            tap.transmitted(frame, TransmitInfo::default());
            result
        })
    }

    #[inline]
    fn push_with<R>(
        &mut self,
        length: usize,
        info: TransmitInfo,
        fill: impl FnOnce(&mut [u8]) -> R,
    ) -> Option<R> {
        let tap = &mut *self.tap;
        self.transmitter.push_with(length, info, |frame| {
            let result = fill(frame);
            tap.transmitted(frame, info);
            result
        })
    }

    #[inline]
    fn flush(&mut self) {
        self.transmitter.flush();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::{offload::PartialChecksum, recorder::Recorder};
    use std::vec::Vec;

    #[derive(Default)]
    struct Capture(Vec<(Vec<u8>, TransmitInfo)>);

    impl Tap for Capture {
        fn received(&mut self, _: &[u8], _: ReceiveInfo) {}

        fn transmitted(&mut self, frame: &[u8], info: TransmitInfo) {
            self.0.push((frame.to_vec(), info));
        }
    }

    #[test]
    fn a_tap_sees_what_is_transmitted_and_nothing_else() {
        let (mut link, mut capture) = (Recorder::with_room(2), Capture::default());
        let mut tapped = Tapped::new(&mut link, &mut capture);
        let info = TransmitInfo {
            checksum: Some(PartialChecksum {
                start: 34,
                offset: 16,
            }),
            segment_size: None,
        };
        assert_eq!(tapped.push(3, |frame| frame.fill(1)), Some(()));
        assert_eq!(tapped.push_with(2, info, |frame| frame.fill(2)), Some(()));
        assert_eq!(tapped.push(1, |frame| frame.fill(3)), None);
        assert_eq!(capture.0, link.frames);
        assert_eq!(capture.0[1], (std::vec![2, 2], info));
    }
}
