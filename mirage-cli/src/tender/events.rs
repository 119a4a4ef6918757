//! What a guest waits with.

use super::attached::{Attached, Properties};
use rustix::{
    event::epoll,
    io,
    time::{TimerfdClockId, TimerfdFlags, timerfd_create},
};
use std::os::fd::OwnedFd;

/// What the timer's events carry, where those of devices carry their number.
const TIMER: u64 = 0xffff_fffe;

/// What a guest waits with.
#[derive(Debug)]
pub struct Events {
    /// It is ready when a network interface has a frame, or the timer has run out.
    pub epoll: OwnedFd,
    /// The timer.
    pub timer: OwnedFd,
}

impl Events {
    /// Those of a guest that has `devices`.
    pub fn of(devices: &[Attached]) -> io::Result<Self> {
        let epoll = epoll::create(epoll::CreateFlags::empty())?;
        let timer = timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::NONBLOCK)?;
        let nets = devices.iter().enumerate().filter_map(|(index, device)| {
            let Properties::Net { .. } = device.properties else {
                return None;
            };
            Some((&device.descriptor, index as u64 + 1))
        });
        for (descriptor, data) in nets.chain([(&timer, TIMER)]) {
            let data = epoll::EventData::new_u64(data);
            epoll::add(&epoll, descriptor, data, epoll::EventFlags::IN)?;
        }
        Ok(Self { epoll, timer })
    }
}
