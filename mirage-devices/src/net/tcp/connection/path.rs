//! The size of segments: what the link carries, or less if ICMP errors or timeouts show that the path is narrower.

use super::Connection;
use crate::{
    net::tcp::{
        options::TIMESTAMPS_LEN,
        path::{base_mtus, max_segment_size, min_path_mtu},
    },
    time::Instant,
};

impl Connection {
    /// Limits full segments to `mss` bytes, options included, when the connection is established.
    pub fn limit_segment_size(&mut self, mss: u16) {
        let mss = self.without_options(mss);
        let window = &mut self.sender.congestion;
        window.mss = window.mss.min(mss);
    }

    /// The link carries packets of `mtu` bytes from now on. Segments do not become larger.
    pub fn limit_link_mtu(&mut self, mtu: u16) {
        let mss = self.segment_size(mtu);
        self.sender.limit_full_segments(mss);
    }

    /// Returns how much of `mss` bytes is left beside the options.
    fn without_options(&self, mss: u16) -> u32 {
        let options = match self.timestamp_offset() {
            Some(_) => TIMESTAMPS_LEN as u32,
            None => 0,
        };
        u32::from(mss).saturating_sub(options)
    }

    /// Returns the size of full segments on a path that carries packets of `mtu` bytes.
    fn segment_size(&self, mtu: u16) -> u32 {
        self.without_options(max_segment_size(self.flow.remote, mtu))
    }

    /// A router has reported that it cannot forward packets of more than `mtu` bytes. What was in flight is sent again
    /// if that was larger.
    pub fn limit_path_mtu(&mut self, mtu: u16, now: Instant) {
        let mss = self.segment_size(mtu.max(min_path_mtu(self.flow.remote)));
        self.sender.limit_segments(mss, self.sack, now);
    }

    /// Uses smaller segments if timeouts show that the path drops full ones in silence.
    #[cold]
    #[inline(never)]
    pub(super) fn check_path(&mut self, now: Instant) {
        let mss = self.mss();
        let bases = base_mtus(self.flow.remote).iter();
        let mut bases = bases.map(|mtu| self.segment_size(*mtu));
        if let Some(base) = bases.find(|base| *base < mss)
            && self.sender.path_seems_narrower_than(base)
        {
            self.sender.shrink_segments(base, self.sack, now);
        }
    }
}
