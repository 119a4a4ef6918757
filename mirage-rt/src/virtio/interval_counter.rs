//! Counters of known frequency in a PC, against which the time stamp counter is measured.

use crate::arch::Port;

/// A counter that wraps to zero.
#[derive(Clone, Copy)]
pub(super) enum IntervalCounter {
    /// ACPI's power management timer at this I/O port.
    PmTimer(u16),
    /// Channel 0 of the interval timer (Intel 8254).
    Pit,
}

const PIT_CHANNEL_0: u16 = 0x40;
const PIT_CONTROL: u16 = 0x43;

/// Channel 0, both bytes, mode 2 (it counts down from 65536 repeatedly).
const PIT_START: u8 = 0b0011_0100;

/// Channel 0: latch the count for reading.
const PIT_LATCH: u8 = 0;

impl IntervalCounter {
    /// Starts the interval timer.
    pub(super) fn start_pit() -> Self {
        // SAFETY: nothing else uses the timer, and its interrupt is masked.
        unsafe {
            Port::new(PIT_CONTROL).write(PIT_START);
            let mut channel = Port::new(PIT_CHANNEL_0);
            channel.write(0_u8);
            channel.write(0_u8);
        }
        Self::Pit
    }

    /// Returns the frequency.
    pub(super) const fn hertz(self) -> u64 {
        match self {
            Self::PmTimer(_) => 3_579_545,
            Self::Pit => 1_193_182,
        }
    }

    /// Returns the number of counts until the counter wraps.
    pub(super) const fn size(self) -> u64 {
        match self {
            Self::PmTimer(_) => 1 << 24,
            Self::Pit => 1 << 16,
        }
    }

    /// Returns the count, which increases. That of a missing timer is constant.
    pub(super) fn read(self) -> u64 {
        match self {
            Self::PmTimer(port) => {
                // SAFETY: reading the timer's port has no effect.
                let count: u32 = unsafe { Port::new(port).read() };
                u64::from(count & 0x00ff_ffff)
            }
            Self::Pit => {
                // SAFETY: nothing else uses the timer.
                let bytes: [u8; 2] = unsafe {
                    Port::new(PIT_CONTROL).write(PIT_LATCH);
                    let mut channel = Port::new(PIT_CHANNEL_0);
                    [channel.read(), channel.read()]
                };
                u64::from(0_u16.wrapping_sub(u16::from_le_bytes(bytes)))
            }
        }
    }
}
