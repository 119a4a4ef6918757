//! CUBIC (RFC 9438): the window is a cubic function of the time since the last loss.

use super::{
    hystart::HyStart,
    window::{Ack, Congestion, Window},
};
use crate::{allocation::boxed, time::Instant};
use alloc::boxed::Box;
use core::time::Duration;

/// β_cubic, in tenths: what remains of the window after a loss.
const BETA_TENTHS: u64 = 7;

/// The state of CUBIC. Windows are in bytes, times in milliseconds.
#[derive(Debug, Clone, Copy)]
pub struct Cubic {
    /// W_max: the window before the last loss.
    w_max: u32,
    /// The window when the present epoch of growth began.
    cwnd_epoch: u32,
    /// K: how long after the beginning of the epoch the window is W_max again.
    k: u32,
    /// W_est: the window that Reno would have.
    w_est: u32,
    /// The window before the last loss, at which Reno's estimate starts to grow as Reno does.
    cwnd_prior: u32,
    /// When the epoch began; `None` until the first acknowledgment in congestion avoidance.
    epoch: Option<Instant>,
    /// What is left of the growth that is less than a byte, in bytes squared.
    remainder: u64,
    hystart: HyStart,
}

impl Cubic {
    pub const fn new() -> Self {
        Self {
            w_max: 0,
            cwnd_epoch: 0,
            k: 0,
            w_est: 0,
            cwnd_prior: 0,
            epoch: None,
            remainder: 0,
            hystart: HyStart::new(),
        }
    }

    fn begin_epoch(&mut self, window: &Window, now: Instant) {
        self.epoch = Some(now);
        self.cwnd_epoch = window.cwnd;
        self.w_est = window.cwnd;
        self.remainder = 0;
        if self.w_max <= window.cwnd {
            self.w_max = window.cwnd;
            self.k = 0;
        } else {
            // K = cbrt((W_max - cwnd) / C), with C = 0.4 segments per second cubed.
            let missing = u64::from(self.w_max - window.cwnd);
            self.k = cube_root(missing * 2_500_000_000 / u64::from(window.mss)) as u32;
        }
    }

    /// W_cubic at `millis` after the beginning of the epoch.
    fn w_cubic(&self, millis: u64, mss: u32) -> u64 {
        let k = u64::from(self.k);
        let distance = millis.abs_diff(k).min(1_000_000);
        // 0.4 · (t / 1000)³ segments.
        let cube = u128::from(distance).pow(3) * 4 * u128::from(mss) / 10_000_000_000;
        let cube = u64::try_from(cube).unwrap_or(u64::MAX);
        let w_max = u64::from(self.w_max);
        if millis < k {
            w_max.saturating_sub(cube)
        } else {
            w_max.saturating_add(cube)
        }
    }

    /// Grows in congestion avoidance (sections 4.3 to 4.5).
    fn avoid_congestion(&mut self, window: &mut Window, bytes: u32, ack: &Ack) {
        if self.epoch.is_none() {
            self.begin_epoch(window, ack.now);
        }
        let Some(epoch) = self.epoch else { return };
        let cwnd = u64::from(window.cwnd);
        // Reno's window, with α = 3·(1 − β)/(1 + β) = 9/17 until it has reached the window before.
        let mss_bytes = u64::from(window.mss) * u64::from(bytes);
        let growth = if self.w_est >= self.cwnd_prior {
            mss_bytes
        } else {
            mss_bytes * 9 / 17
        };
        let growth = growth + self.remainder;
        self.remainder = growth % cwnd;
        self.w_est = self.w_est.saturating_add((growth / cwnd) as u32);

        let elapsed = (ack.now - epoch).as_millis() as u64;
        if self.w_cubic(elapsed, window.mss) < u64::from(self.w_est) {
            window.cwnd = window.cwnd.max(self.w_est);
            return;
        }
        let rtt = ack.smoothed.unwrap_or_default().as_millis() as u64;
        let target = self.w_cubic(elapsed + rtt, window.mss);
        let target = target.clamp(cwnd, cwnd + cwnd / 2);
        let growth = (target - cwnd) * u64::from(bytes) / cwnd;
        window.cwnd = window.cwnd.saturating_add(growth as u32);
    }
}

impl Congestion for Cubic {
    fn on_ack(&mut self, window: &mut Window, ack: &Ack) {
        let mut rest = ack.delivered;
        if window.is_slow_start() {
            let growth = self.hystart.growth(window, ack);
            rest = window.slow_start(growth);
        }
        if rest > 0 {
            self.avoid_congestion(window, rest, ack);
        }
    }

    fn on_loss(&mut self, window: &mut Window, _now: Instant, in_flight: u32) {
        let cwnd = window.cwnd;
        self.cwnd_prior = cwnd;
        // Fast convergence (section 4.7): a flow that lost below its last maximum makes room.
        self.w_max = if cwnd < self.w_max {
            (u64::from(cwnd) * (10 + BETA_TENTHS) / 20) as u32
        } else {
            cwnd
        };
        let flight = in_flight.min(cwnd);
        window.ssthresh = ((u64::from(flight) * BETA_TENTHS / 10) as u32).max(2 * window.mss);
        self.epoch = None;
        self.hystart = HyStart::new();
    }

    fn on_timeout(&mut self, window: &mut Window, now: Instant, in_flight: u32) {
        self.on_loss(window, now, in_flight);
        // W_max becomes the window at which congestion avoidance begins, and K 0 (section 4.8).
        self.w_max = 0;
    }

    fn on_idle(&mut self, idle: Duration) {
        if let Some(epoch) = &mut self.epoch {
            *epoch = *epoch + idle;
        }
    }

    fn boxed(&self) -> Option<Box<dyn Congestion>> {
        Some(boxed(*self)?)
    }
}

/// The cube root, rounded down.
fn cube_root(value: u64) -> u64 {
    let mut root = 0;
    for bit in (0..21).rev() {
        let candidate: u64 = root | 1 << bit;
        if candidate.pow(3) <= value {
            root = candidate;
        }
    }
    root
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::tcp::seq::SeqNumber;

    #[test]
    fn cube_roots() {
        for root in [0, 1, 2, 99, 1000, 200_000] {
            assert_eq!(cube_root(root * root * root), root);
            assert_eq!(cube_root(root * root * root + 1), root.max(1));
        }
    }

    /// The window after one loss follows RFC 9438: 0.7 W_max at first, W_max after K seconds, and
    /// C·(t − K)³ + W_max in between and after.
    #[test]
    fn the_window_after_a_loss_follows_the_formula() {
        let mss = 1000;
        let w_max = 1_000_000;
        let mut window = Window::new(mss);
        window.cwnd = w_max;
        window.ssthresh = w_max;
        let mut cubic = Cubic::new();
        let start = Instant::from_nanos(5_000_000_000);
        cubic.on_loss(&mut window, start, w_max);
        assert_eq!(window.ssthresh, 700_000);
        window.cwnd = window.ssthresh;
        let rtt = Duration::from_millis(100);
        let k = (300.0f64 / 0.4).cbrt();
        let mut now = start;
        // Acknowledgments of a window in each round trip, in twenty pieces.
        for _ in 0..8000 {
            let ack = Ack {
                now,
                delivered: window.cwnd / 20,
                rtt: Some(rtt),
                smoothed: Some(rtt),
                una: SeqNumber(0),
                nxt: SeqNumber(0),
                rate: None,
                in_flight: 0,
                is_cwnd_limited: true,
                is_recovering: false,
            };
            cubic.on_ack(&mut window, &ack);
            now = now + rtt / 20;
            let t = (now - start).as_secs_f64();
            let expected =
                (0.4 * (t - k).powi(3) * 1000.0 + f64::from(w_max)).max(f64::from(cubic.w_est));
            let actual = f64::from(window.cwnd);
            // The window follows within a round trip.
            assert!(
                (actual / expected - 1.0).abs() < 0.03,
                "{t}: {actual} {expected}"
            );
            if t > 2.0 * k {
                break;
            }
        }
        assert!(window.cwnd > w_max * 12 / 10);
    }

    /// After a timeout, the window grows from where congestion avoidance begins, and not up to the window
    /// before (RFC 9438, section 4.8).
    #[test]
    fn after_a_timeout_the_window_before_is_forgotten() {
        let mut window = Window::new(1000);
        window.cwnd = 1_000_000;
        let mut cubic = Cubic::new();
        let now = Instant::from_nanos(5_000_000_000);
        cubic.on_timeout(&mut window, now, 1_000_000);
        assert_eq!(window.ssthresh, 700_000);
        window.cwnd = window.ssthresh;
        let ack = Ack {
            now,
            delivered: 1000,
            rtt: None,
            smoothed: Some(Duration::from_millis(100)),
            una: SeqNumber(0),
            nxt: SeqNumber(0),
            rate: None,
            in_flight: 0,
            is_cwnd_limited: true,
            is_recovering: false,
        };
        cubic.on_ack(&mut window, &ack);
        assert_eq!((cubic.k, cubic.w_max), (0, 700_000));
    }

    /// An application that pauses finds the window as it was: the pause is no time of growth.
    #[test]
    fn the_window_does_not_grow_while_nothing_is_sent() {
        let windows = [0, 3600].map(|pause| {
            let pause = Duration::from_secs(pause);
            let mut window = Window::new(1000);
            window.cwnd = 100_000;
            window.ssthresh = 100_000;
            let mut cubic = Cubic::new();
            let mut now = Instant::from_nanos(5_000_000_000);
            cubic.on_loss(&mut window, now, 100_000);
            window.cwnd = window.ssthresh;
            for round in 0..40 {
                if round == 20 {
                    now = now + pause;
                    cubic.on_idle(pause);
                }
                let rtt = Duration::from_millis(50);
                now = now + rtt;
                let ack = Ack {
                    now,
                    delivered: window.cwnd,
                    rtt: Some(rtt),
                    smoothed: Some(rtt),
                    una: SeqNumber(0),
                    nxt: SeqNumber(0),
                    rate: None,
                    in_flight: 0,
                    is_cwnd_limited: true,
                    is_recovering: false,
                };
                cubic.on_ack(&mut window, &ack);
            }
            window.cwnd
        });
        assert_eq!(windows[0], windows[1]);
    }
}
