//! The clock: the time stamp counter and the date.
//!
//! If the hypervisor or the processor reports the counter's frequency, that is used. Otherwise it is
//! measured against a counter of known frequency: when the time is first read, and again after each
//! sleep, over longer and therefore more precise intervals. Nothing waits for a measurement.

use super::calibration::{hertz, mul_div, unwrap};
use super::interval_counter::IntervalCounter;
use super::{
    acpi, interrupts, memory, rtc,
    wall_clock::{DateSource, WallClock},
};
use crate::{
    arch::{
        self, Port, cpuid,
        hypervisor::{Hypervisor, hypervisor},
        kvm_clock, local_apic, time_stamp,
    },
    freestanding::time_scale::TimeScale,
};
use core::time::Duration;
use mirage_devices::time::Instant;
use spin::Mutex;

/// Nanoseconds in a second.
const NANOS: u64 = 1_000_000_000;

/// Frequency of the local APIC's timer under KVM and QEMU.
const TIMER_HERTZ: u64 = 1_000_000_000;

/// Shorter sleeps use the timer's one-shot mode. Hypervisors limit how often a periodic timer
/// interrupts, or, like QEMU's emulator, do nothing else while it does.
const MIN_PERIOD: u64 = 1_000_000;

/// The real-time clock's ports for the number of a register and its contents.
const RTC_INDEX: u16 = 0x70;
const RTC_DATA: u16 = 0x71;

/// Number of readings of a counter, of which the quickest is used: the host may preempt one.
const TRIES: usize = 3;

/// The relative error, in units of 10^-9, at which measurements end.
const SMALL_ERROR: u64 = 1_000;

/// A reading of a counter and of the time stamp counter.
#[derive(Clone, Copy)]
struct Reading {
    time_stamp: u64,
    /// The duration of the reading, in counts of the time stamp counter.
    took: u64,
    count: u64,
}

impl Reading {
    fn take(counter: impl Fn() -> u64) -> Self {
        let mut best = Self {
            time_stamp: 0,
            took: u64::MAX,
            count: 0,
        };
        for _ in 0..TRIES {
            let before = time_stamp::read();
            let count = counter();
            let took = time_stamp::read().saturating_sub(before);
            if took < best.took {
                best = Self {
                    time_stamp: before,
                    took,
                    count,
                };
            }
        }
        best
    }
}

/// The source of the time stamp counter's frequency.
enum FrequencySource {
    /// The processor or the hypervisor reports it.
    Reported,
    /// Measured against the local APIC's timer.
    Timer,
    /// Measured against a counter since this reading.
    Counter(IntervalCounter, Reading),
}

struct Clock {
    scale: TimeScale,
    source: FrequencySource,
    /// The relative error of the scale, in units of 10^-9; the maximum before it is measured.
    error: u64,
    /// The last start of the timer, and the number of its counts.
    armed: Reading,
    /// Whether the timer stops after its counts: then they do not show how long ago that was.
    armed_once: bool,
    /// The timer's frequency, and whether it is known rather than measured.
    timer_hertz: u64,
    timer_known: bool,
    wall: WallClock,
    /// The features of KVM, if the machine has its paravirtual clock.
    kvm: Option<u32>,
}

static CLOCK: Mutex<Option<Clock>> = Mutex::new(None);

/// Starts the clock. `boot` is the time stamp at boot.
pub(super) fn initialise(boot: u64) {
    let (hypervisor, features) = hypervisor();
    let timer_known = hypervisor != Hypervisor::Unknown;
    let reading = match hypervisor {
        Hypervisor::Kvm => kvm_clock::read(features),
        _ => None,
    };
    let kvm = reading.is_some().then_some(features);
    let stated = reading
        .map(|reading| reading.hertz)
        .or_else(|| time_stamp::stated_hertz(cpuid::leaf));
    let source = if stated.is_some() {
        FrequencySource::Reported
    } else if timer_known {
        FrequencySource::Timer
    } else {
        let counter = memory::acpi_tables()
            .and_then(|tables| acpi::pm_timer(tables.table(b"FACP")?))
            .map_or_else(IntervalCounter::start_pit, IntervalCounter::PmTimer);
        FrequencySource::Counter(counter, Reading::take(|| counter.read()))
    };
    *CLOCK.lock() = Some(Clock {
        scale: TimeScale::new(boot, stated.unwrap_or(NANOS)),
        source,
        error: if stated.is_some() { 0 } else { u64::MAX },
        armed: start_timer(None),
        armed_once: false,
        timer_hertz: TIMER_HERTZ,
        timer_known,
        wall: WallClock::default(),
        kvm,
    });
}

/// Starts the timer. The count of the reading is the number of counts after which the timer restarts.
fn start_timer(ticks: Option<u32>) -> Reading {
    let before = time_stamp::read();
    local_apic::start_timer(ticks);
    Reading {
        time_stamp: before,
        took: time_stamp::read().saturating_sub(before),
        count: u64::from(ticks.unwrap_or(u32::MAX)) + 1,
    }
}

impl Clock {
    fn now(&mut self) -> u64 {
        if self.error == u64::MAX {
            self.measure();
        }
        self.scale.nanos(time_stamp::read())
    }

    /// Measures the frequencies that are not known, if the result is more precise than before.
    fn measure(&mut self) {
        match self.source {
            _ if self.error <= SMALL_ERROR => {}
            FrequencySource::Reported => {}
            FrequencySource::Timer if self.armed_once => {}
            FrequencySource::Timer => {
                let reading =
                    Reading::take(|| self.armed.count - 1 - u64::from(local_apic::timer_count()));
                let began = Reading {
                    count: 0,
                    ..self.armed
                };
                self.correct(began, reading, TIMER_HERTZ, self.armed.count);
            }
            FrequencySource::Counter(counter, began) => {
                let reading = Reading::take(|| counter.read());
                self.correct(began, reading, counter.hertz(), counter.size());
            }
        }
        if !self.timer_known && !self.armed_once {
            self.measure_timer();
        }
    }

    /// Sets the frequency from two readings of a counter of `reference_hertz`, which wraps after `size`
    /// counts.
    fn correct(&mut self, began: Reading, ended: Reading, reference_hertz: u64, size: u64) {
        let counts = ended.time_stamp.saturating_sub(began.time_stamp);
        let error = mul_div(began.took.saturating_add(ended.took), NANOS, counts);
        if error >= self.error {
            return;
        }
        let (expected, doubt) = match self.error {
            u64::MAX => (0, 0),
            known => {
                let expected = mul_div(self.scale.span(counts), reference_hertz, NANOS);
                (expected, mul_div(expected, known, NANOS))
            }
        };
        if doubt > size / 4 {
            return; // the number of wraps is unknown
        }
        let difference = ended.count.wrapping_sub(began.count) % size;
        let passed = unwrap(difference, size, expected);
        if let Some(rate) = hertz(counts, passed, reference_hertz) {
            self.scale.correct(ended.time_stamp, rate);
            self.error = error;
        }
    }

    /// Measures the timer's frequency since its start, if it had the maximum number of counts and cannot
    /// have restarted.
    fn measure_timer(&mut self) {
        let left = u64::from(local_apic::timer_count());
        let nanos = self
            .scale
            .span(time_stamp::read().saturating_sub(self.armed.time_stamp));
        let started_again = self.armed.count <= u64::from(u32::MAX) || nanos > NANOS;
        let ticks = (self.armed.count - 1).saturating_sub(left);
        if !started_again && let Some(rate) = hertz(ticks, nanos, NANOS) {
            self.timer_hertz = rate;
        }
    }

    /// Arms the timer for `deadline`. Returns whether that is still to come.
    fn arm(&mut self, deadline: Option<u64>) -> bool {
        let Some(deadline) = deadline else {
            (self.armed, self.armed_once) = (start_timer(None), false);
            return true;
        };
        let nanos = deadline.saturating_sub(self.now());
        if nanos == 0 {
            return false;
        }
        let ticks = mul_div(nanos, self.timer_hertz, NANOS).saturating_add(1);
        let ticks = u32::try_from(ticks).unwrap_or(u32::MAX);
        self.armed_once = nanos < MIN_PERIOD;
        if self.armed_once {
            local_apic::start_timer_once(ticks);
        } else {
            self.armed = start_timer(Some(ticks));
        }
        true
    }
}

/// Returns the time since boot.
pub(crate) fn now() -> Instant {
    let nanos = CLOCK.lock().as_mut().map_or(0, Clock::now);
    Instant::from_nanos(nanos)
}

/// Returns the time since the Unix epoch; `None` if the machine does not know the date.
pub(crate) fn wall_clock() -> Option<Duration> {
    let mut clock = CLOCK.lock();
    let clock = clock.as_mut()?;
    let now = clock.now();
    let nanos = match clock.kvm {
        Some(features) => {
            let scale = clock.scale;
            clock.wall.at(now, &KvmClock { features, scale })
        }
        None => clock.wall.at(now, &RealTimeClock),
    };
    nanos.map(Duration::from_nanos)
}

/// KVM's paravirtual clock.
struct KvmClock {
    features: u32,
    scale: TimeScale,
}

impl DateSource for KvmClock {
    fn tolerance(&self) -> Duration {
        Duration::from_millis(10)
    }

    fn read(&self, now: u64) -> Option<u64> {
        let reading = kvm_clock::read(self.features)?;
        let passed = now.saturating_sub(self.scale.nanos(reading.time_stamp));
        Some(reading.since_epoch.saturating_add(passed))
    }
}

/// The real-time clock, which has whole seconds.
struct RealTimeClock;

impl DateSource for RealTimeClock {
    fn tolerance(&self) -> Duration {
        Duration::from_secs(2)
    }

    fn read(&self, _now: u64) -> Option<u64> {
        rtc::read(rtc_register)?.checked_mul(NANOS)
    }
}

fn rtc_register(register: u8) -> u8 {
    // SAFETY: the index port selects, the data port reads; nothing else uses them.
    unsafe {
        Port::new(RTC_INDEX).write(register);
        Port::new(RTC_DATA).read()
    }
}

/// Sleeps until a device interrupts or `deadline` has passed, and wakes the tasks concerned. It may return
/// early: the timer's maximum is 4 seconds.
pub(crate) fn wait(deadline: Option<Instant>) {
    if let Some(clock) = CLOCK.lock().as_mut() {
        clock.measure();
        if !clock.arm(deadline.map(Instant::as_nanos)) {
            return poll();
        }
    }
    arch::interrupts::sleep();
    if let Some(clock) = CLOCK.lock().as_mut() {
        clock.measure();
    }
    interrupts::deliver();
}

/// Wakes the tasks whose devices have interrupted, without waiting.
pub(crate) fn poll() {
    arch::interrupts::poll();
    interrupts::deliver();
}
