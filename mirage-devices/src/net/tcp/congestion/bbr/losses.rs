//! When bytes were lost.

/// How many points in time are remembered.
const POINTS: usize = 16;

/// The counts of lost bytes, by the bytes that had been delivered.
#[derive(Debug, Clone, Copy)]
pub struct Losses {
    /// C.lost.
    total: u64,
    /// The bytes delivered and the bytes lost before, at points in the past, in the order of time. The oldest is at
    /// `next`.
    points: [(u64, u64); POINTS],
    next: usize,
    /// Acknowledgments with losses in the present round, up to a few.
    events: u8,
    has_lost: bool,
    /// The round in which recovery began.
    recovery_round: u32,
}

impl Losses {
    pub const fn new() -> Self {
        Self {
            total: 0,
            points: [(0, 0); POINTS],
            next: 0,
            events: 0,
            has_lost: false,
            recovery_round: 0,
        }
    }

    /// `bytes` were lost when `delivered` had been delivered.
    pub fn add(&mut self, delivered: u64, bytes: u32) {
        if bytes == 0 {
            return;
        }
        let newest = &mut self.points[(self.next + POINTS - 1) % POINTS];
        if newest.0 != delivered {
            self.points[self.next] = (delivered, self.total);
            self.next = (self.next + 1) % POINTS;
        }
        self.total += u64::from(bytes);
        self.has_lost = true;
        self.events = self.events.saturating_add(1);
    }

    /// Returns the bytes that were lost since `delivered` bytes were delivered; those since the oldest point if it was
    /// later.
    pub fn since(&self, delivered: u64) -> u64 {
        let later = self.points.iter().filter(|point| point.0 >= delivered);
        let before = later.map(|point| point.1).min();
        before.map_or(0, |before| self.total - before)
    }

    /// Whether bytes were lost in the present round.
    pub const fn in_round(&self) -> bool {
        self.has_lost
    }

    /// The number of acknowledgments with losses in the present round.
    pub const fn events(&self) -> u8 {
        self.events
    }

    /// A round of losses ends.
    pub const fn end_round(&mut self) {
        self.has_lost = false;
        self.events = 0;
    }

    /// Recovery begins in this round.
    pub const fn begin_recovery(&mut self, round: u32) {
        self.recovery_round = round;
    }

    /// The number of rounds since recovery began.
    pub const fn rounds_in_recovery(&self, round: u32) -> u32 {
        round.wrapping_sub(self.recovery_round)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losses_are_counted_since_data_was_delivered() {
        let mut losses = Losses::new();
        assert_eq!(losses.since(0), 0);
        losses.add(1000, 10);
        losses.add(1000, 5);
        losses.add(2000, 3);
        assert_eq!(losses.since(0), 18);
        assert_eq!(losses.since(1000), 18);
        assert_eq!(losses.since(1001), 3);
        assert_eq!(losses.since(2001), 0);
        assert!(losses.in_round());
        assert_eq!(losses.events(), 3);
        losses.end_round();
        assert!(!losses.in_round());
        // Old points are forgotten, and no more is counted than there was.
        for delivered in 3000..3100 {
            losses.add(delivered, 1);
        }
        assert_eq!(losses.since(3095), 5);
        assert!(losses.since(0) <= 118);
    }
}
