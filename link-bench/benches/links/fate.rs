//! What a link does to frames: which are lost, and when the others arrive.

use std::{collections::BTreeMap, fmt, str::FromStr};

/// What a link does to the frames of each direction. Shares are in millionths, times in microseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LinkConfig {
    /// The share that is lost.
    pub loss: u64,
    /// The delay of all.
    pub delay: u64,
    /// The upper bound of another delay, which each frame draws.
    pub jitter: u64,
    /// The share that is overtaken by others.
    pub reorder: u64,
    /// How much later these arrive.
    pub late: u64,
    /// In Mbit per second; 0 is unlimited.
    pub rate: u64,
    /// Bytes that wait for the rate at most.
    pub queue: u64,
    /// The longest packets that are not lost; 0 is any.
    pub mtu: u64,
}

/// The bytes of a frame that are not part of its packet.
const ETHERNET_HEADER: u64 = 14;

impl LinkConfig {
    /// A link that does nothing.
    pub const PERFECT: Self = Self {
        loss: 0,
        delay: 0,
        jitter: 0,
        reorder: 0,
        late: 2000,
        rate: 0,
        queue: 0,
        mtu: 0,
    };

    /// 100 Mbit/s, 10 ms each way, and a queue of one bandwidth-delay product.
    pub const BOTTLENECK: Self = Self {
        delay: 10_000,
        rate: 100,
        queue: 250_000,
        ..Self::PERFECT
    };

    /// The same with a queue of four bandwidth-delay products.
    pub const LONG_QUEUE: Self = Self {
        queue: 1_000_000,
        ..Self::BOTTLENECK
    };

    /// The links of the table.
    pub const TABLE: [Self; 8] = [
        Self::PERFECT,
        Self {
            loss: 1000,
            ..Self::PERFECT
        },
        Self {
            loss: 10_000,
            ..Self::PERFECT
        },
        Self {
            delay: 10_000,
            ..Self::PERFECT
        },
        Self {
            delay: 10_000,
            loss: 1000,
            ..Self::PERFECT
        },
        Self {
            delay: 10_000,
            loss: 10_000,
            ..Self::PERFECT
        },
        Self {
            delay: 10_000,
            reorder: 10_000,
            ..Self::PERFECT
        },
        Self::BOTTLENECK,
    ];
}

impl FromStr for LinkConfig {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut link = Self::PERFECT;
        for pair in text.split(',').filter(|pair| *pair != "none") {
            let (key, value) = pair
                .split_once('=')
                .ok_or_else(|| format!("`{pair}` is not KEY=VALUE"))?;
            let value = value
                .parse::<u32>()
                .map_err(|_| format!("`{value}` is not a number"))?
                .into();
            match key {
                "loss" => link.loss = value,
                "delay" => link.delay = value,
                "jitter" => link.jitter = value,
                "reorder" => link.reorder = value,
                "late" => link.late = value,
                "rate" => link.rate = value,
                "queue" => link.queue = value,
                "mtu" => link.mtu = value,
                _ => return Err(format!("there is no key `{key}`")),
            }
        }
        if link.rate > 0 && link.queue == 0 {
            return Err("a rate needs a queue, in bytes".into());
        }
        Ok(link)
    }
}

impl fmt::Display for LinkConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        let millis = |micros: u64| micros as f64 / 1000.0;
        let percent = |share: u64| share as f64 / 10_000.0;
        if self.delay > 0 {
            parts.push(format!("{} ms", millis(self.delay)));
        }
        if self.jitter > 0 {
            parts.push(format!("{} ms jitter", millis(self.jitter)));
        }
        if self.loss > 0 {
            parts.push(format!("{} % loss", percent(self.loss)));
        }
        if self.reorder > 0 {
            parts.push(format!("{} % reordering", percent(self.reorder)));
        }
        if self.rate > 0 {
            parts.push(format!("{} Mbit/s", self.rate));
            parts.push(format!("queue {} kB", self.queue / 1000));
        }
        if self.mtu > 0 {
            parts.push(format!("MTU {}", self.mtu));
        }
        if parts.is_empty() {
            parts.push("no loss, no delay".into());
        }
        f.pad(&parts.join(", "))
    }
}

/// A generator of random numbers (SplitMix64).
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }

    fn hits(&mut self, share: u64) -> bool {
        self.below(1_000_000) < share
    }
}

/// The frames in one direction that are on their way.
pub struct Fate {
    link: LinkConfig,
    noise: Noise,
    /// When the rate lets the next frame leave, in nanoseconds.
    free_at: u64,
    /// By the time of arrival in microseconds, and their number.
    frames: BTreeMap<(u64, u64), Vec<u8>>,
    count: u64,
}

impl Fate {
    /// An empty link. Each seed has its own sequence of losses.
    pub fn new(link: LinkConfig, seed: u64) -> Self {
        Self {
            link,
            noise: Noise(seed),
            free_at: 0,
            frames: BTreeMap::new(),
            count: 0,
        }
    }

    /// A frame enters the link at `now`. It is handed back if it is lost.
    pub fn send(&mut self, now: u64, frame: Vec<u8>) -> Option<Vec<u8>> {
        let link = self.link;
        // Each frame draws the same numbers, whatever becomes of it.
        let is_lost = self.noise.hits(link.loss);
        let is_late = self.noise.hits(link.reorder);
        let jitter = self.noise.below(link.jitter + 1);
        let is_too_long = link.mtu > 0 && frame.len() as u64 > link.mtu + ETHERNET_HEADER;
        if is_lost || is_too_long {
            return Some(frame);
        }
        let mut at = now;
        if link.rate > 0 {
            let start = self.free_at.max(now * 1000);
            let waiting = (start - now * 1000) * link.rate / 8000;
            if waiting > link.queue {
                return Some(frame);
            }
            self.free_at = start + frame.len() as u64 * 8000 / link.rate;
            at = self.free_at / 1000;
        }
        at += link.delay + jitter;
        if is_late {
            at += link.late;
        }
        self.count += 1;
        self.frames.insert((at, self.count), frame);
        None
    }

    /// When the next frame arrives.
    pub fn next_arrival(&self) -> Option<u64> {
        self.frames.keys().next().map(|(at, _)| *at)
    }

    /// Returns the next frame that has arrived at `now`.
    pub fn receive(&mut self, now: u64) -> Option<Vec<u8>> {
        let first = self.frames.first_entry()?;
        (first.key().0 <= now).then(|| first.remove())
    }
}
