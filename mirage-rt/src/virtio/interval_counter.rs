//! Counters of known rate in a PC: they tell how fast the time stamp counter counts.

use crate::arch::Port;

/// A counter that starts again from zero when its bits are used up.
#[derive(Clone, Copy)]
pub(super) enum IntervalCounter {
    /// ACPI's power management timer at this I/O port.
    PmTimer(u16),
    /// Channel 0 of the interval timer (Intel 8254).
    Pit,
}

const PIT_CHANNEL_0: u16 = 0x40;
const PIT_CONTROL: u16 = 0x43;

/// Channel 0, both bytes, mode 2 (it counts down from 65536 again and again).
const PIT_START: u8 = 0b0011_0100;

/// Channel 0: hold the present count for reading.
const PIT_LATCH: u8 = 0;

impl IntervalCounter {
    /// The interval timer, counting.
    pub(super) fn start_pit() -> Self {
        // SAFETY: nothing else uses the timer; its interrupt is closed.
        unsafe {
            Port::new(PIT_CONTROL).write(PIT_START);
            let mut channel = Port::new(PIT_CHANNEL_0);
            channel.write(0_u8);
            channel.write(0_u8);
        }
        Self::Pit
    }

    /// Counts in a second.
    pub(super) const fn hertz(self) -> u64 {
        match self {
            Self::PmTimer(_) => 3_579_545,
            Self::Pit => 1_193_182,
        }
    }

    /// Counts until it starts again.
    pub(super) const fn size(self) -> u64 {
        match self {
            Self::PmTimer(_) => 1 << 24,
            Self::Pit => 1 << 16,
        }
    }

    /// The present count, going up. A timer that is not there stands still.
    pub(super) fn read(self) -> u64 {
        match self {
            Self::PmTimer(port) => {
                // SAFETY: reading the timer's port changes nothing.
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
