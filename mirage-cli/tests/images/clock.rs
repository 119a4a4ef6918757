//! The example `clock`.

use crate::harness::{Line, Monitor, Runner, Running, Test, trials};
use libtest_mimic::Trial;
use rustix::process::Signal;
use std::{
    collections::HashSet,
    thread,
    time::{Duration, Instant},
};

/// The tests.
pub fn list() -> Vec<Trial> {
    let everywhere = trials(&Runner::ALL, [("clock::ticks_for_three_seconds", ticks)]);
    let paused: [Test; 1] = [("clock::the_date_makes_up_for_a_pause", pause)];
    let paused = trials(&[Runner::Q35, Runner::Microvm, Runner::Hvt], paused);
    everywhere.chain(paused).collect()
}

fn ticks(runner: Runner) {
    ticked(Running::start("clock", runner, &[]));
}

/// Expects three ticks, a second apart, with different random numbers.
pub fn ticked(unikernel: Running) {
    let mut times = Vec::new();
    let mut numbers = HashSet::new();
    for tick in 1..=3 {
        let line = unikernel.wait_for(&format!("tick {tick} at "));
        times.push(Instant::now());
        let (_, number) = line.split_once("random ").expect("a random number");
        numbers.insert(number.to_owned());
    }
    // The third tick comes two seconds after the first, no matter when the first was read.
    let between = times[2] - times[0];
    assert!(between > Duration::from_millis(1500), "{between:?}");
    assert_eq!(numbers.len(), 3, "{numbers:?}");
    let (status, lines) = unikernel.end();
    assert_eq!(status, 0, "{lines:#?}");
}

/// The processor and the machine's clocks stop for some seconds, and the host's clock goes on.
fn pause(runner: Runner) {
    const PAUSE: Duration = Duration::from_secs(5);
    let line = Line::for_package("clock", runner, &[]);
    let monitor = Monitor::new();
    let line = match runner {
        Runner::Hvt => line,
        _ => line.and("-qmp", &monitor.option()),
    };
    let unikernel = line.start();
    let first = time_of_day(&unikernel.wait_for("tick 1 at "));
    match runner {
        Runner::Hvt => unikernel.signal(Signal::STOP),
        _ => monitor.pause(),
    }
    let paused = Instant::now();
    while paused.elapsed() < PAUSE {
        thread::sleep(PAUSE.saturating_sub(paused.elapsed()));
    }
    match runner {
        Runner::Hvt => unikernel.signal(Signal::CONT),
        _ => monitor.resume(),
    }
    let third = time_of_day(&unikernel.wait_for("tick 3 at "));
    // A date that ignores the pause is two seconds later. Under `hvt` the ticks that were due in the
    // pause may come at its end.
    let between = (third + DAY - first) % DAY;
    assert!(
        (PAUSE.as_secs()..60).contains(&between),
        "{between} seconds"
    );
    let (status, lines) = unikernel.end();
    assert_eq!(status, 0, "{lines:#?}");
}

const DAY: u64 = 24 * 60 * 60;

/// Returns the seconds since midnight in a line with a date.
fn time_of_day(line: &str) -> u64 {
    let (_, time) = line.split_once(" at ").expect("a date");
    let (_, time) = time.split_once('T').expect("a time");
    let parts = time[..8].split(':').map(|part| part.parse::<u64>());
    parts.fold(0, |sum, part| sum * 60 + part.expect("a number"))
}
