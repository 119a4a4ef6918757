//! The descriptors that a guest waits with.

use crate::attached::Attached;
use mirage_solo5::manifest::Properties;
use rustix::{
    event::epoll,
    io,
    time::{TimerfdClockId, TimerfdFlags, timerfd_create},
};
use std::os::fd::OwnedFd;

/// The data of the timer's events. A device's events have its number in the manifest.
const TIMER: u64 = 0xffff_fffe;

/// The descriptors that a guest waits with.
#[derive(Debug)]
pub struct Events {
    /// Ready when a network interface has a frame or the timer has expired.
    pub epoll: OwnedFd,
    /// The timer.
    pub timer: OwnedFd,
}

impl Events {
    /// Creates the descriptors for a guest with `devices`.
    pub fn new(devices: &[Attached]) -> io::Result<Self> {
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
