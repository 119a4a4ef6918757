//! The link: a thread that carries frames between two TAP devices.

use crate::fate::{Fate, LinkConfig};
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::{Errno, read, write},
    thread::set_current_timer_slack,
};
use std::{
    fs::File,
    io::{self, BufWriter, Write},
    num::NonZeroU64,
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread::{self, JoinHandle},
    time::Instant,
};

/// Longer than an Ethernet frame at the devices' MTU of 1500 bytes.
const FRAME: usize = 2048;

/// Frames that are taken from a device before the other one's turn.
const BATCH: usize = 64;

/// How long the thread sleeps at most, in microseconds: so soon it notices that it is to stop.
const SLEEP: u64 = 50_000;

/// A link that carries frames until it is dropped. Frames on their way are then lost.
pub struct Relay {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Relay {
    /// Starts to carry frames between `ends`. What arrives at the second one, and what it sends, is
    /// written to `capture`.
    ///
    /// # Errors
    /// Fails if a descriptor cannot be duplicated or the file cannot be written.
    pub fn start(
        ends: &[OwnedFd; 2],
        link: LinkConfig,
        seed: u64,
        capture: Option<&Path>,
    ) -> io::Result<Self> {
        let ends = [ends[0].try_clone()?, ends[1].try_clone()?];
        let capture = capture.map(Capture::create).transpose()?;
        let stop = Arc::new(AtomicBool::new(false));
        let is_stopped = stop.clone();
        let thread = thread::spawn(move || carry(&ends, link, seed, capture, &is_stopped));
        Ok(Self {
            stop,
            thread: Some(thread),
        })
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.stop.store(true, Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn carry(
    ends: &[OwnedFd; 2],
    link: LinkConfig,
    seed: u64,
    mut capture: Option<Capture>,
    is_stopped: &AtomicBool,
) {
    // Frames are due at microseconds; the default slack of 50 would be a delay of its own.
    let _ = set_current_timer_slack(NonZeroU64::new(1));
    let start = Instant::now();
    let now = || start.elapsed().as_micros() as u64;
    // The first carries frames from the first end to the second.
    let mut directions = [Fate::new(link, 2 * seed), Fate::new(link, 2 * seed + 1)];
    let mut spare = Vec::new();
    while !is_stopped.load(Relaxed) {
        for (index, direction) in directions.iter_mut().enumerate() {
            while let Some(frame) = direction.receive(now()) {
                if let Some(capture) = &mut capture
                    && index == 0
                {
                    capture.write(now(), &frame);
                }
                // A device with a full queue drops the frame, as any does.
                let _ = write(&ends[1 - index], &frame);
                spare.push(frame);
            }
        }
        let arrival = directions.iter().filter_map(Fate::next_arrival).min();
        let sleep = arrival.map_or(SLEEP, |at| at.saturating_sub(now()).min(SLEEP));
        wait(ends.each_ref().map(AsFd::as_fd), sleep);
        for (index, direction) in directions.iter_mut().enumerate() {
            for _ in 0..BATCH {
                let mut frame = spare.pop().unwrap_or_default();
                frame.resize(FRAME, 0);
                match read(&ends[index], &mut *frame) {
                    Ok(length) => {
                        frame.truncate(length);
                        if let Some(capture) = &mut capture
                            && index == 1
                        {
                            capture.write(now(), &frame);
                        }
                    }
                    Err(Errno::INTR) => continue,
                    Err(_) => {
                        spare.push(frame);
                        break;
                    }
                }
                spare.extend(direction.send(now(), frame));
            }
        }
    }
}

/// Waits until one end is readable, or for `micros`.
fn wait(ends: [BorrowedFd<'_>; 2], micros: u64) {
    let mut ends = ends.map(|end| PollFd::from_borrowed_fd(end, PollFlags::IN));
    let timeout = Timespec {
        tv_sec: 0,
        tv_nsec: micros as i64 * 1000,
    };
    // If it fails, reading does too.
    let _ = poll(&mut ends, Some(&timeout));
}

/// A file of frames, as tcpdump reads it (pcap).
struct Capture(BufWriter<File>);

impl Capture {
    fn create(path: &Path) -> io::Result<Self> {
        let mut file = BufWriter::new(File::create(path)?);
        // The magic number, version 2.4, the length of a frame at most, and Ethernet.
        for word in [0xa1b2_c3d4, 0x0004_0002, 0, 0, 65_535, 1u32] {
            file.write_all(&word.to_le_bytes())?;
        }
        Ok(Self(file))
    }

    fn write(&mut self, micros: u64, frame: &[u8]) {
        let length = frame.len() as u32;
        let words = [micros / 1_000_000, micros % 1_000_000].map(|word| word as u32);
        for word in words.into_iter().chain([length, length]) {
            // A capture that is cut off is visible when it is read.
            let _ = self.0.write_all(&word.to_le_bytes());
        }
        let _ = self.0.write_all(frame);
    }
}
