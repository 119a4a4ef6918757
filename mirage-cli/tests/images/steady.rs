//! The memory of a unikernel over many requests, and its processor time while idle.

use crate::harness::{Runner, namespace::Namespace, trials, wrk};
use libtest_mimic::Trial;
use std::{fs, thread, time::Duration};

/// Requests after which all caches have their final size.
const WARM: u64 = 20_000;

/// Requests of one boot.
const MANY: u64 = 120_000;

/// How much memory may grow meanwhile, in KiB: a leak of ten bytes per request exceeds it.
const FLAT: u64 = 976;

/// How long an idle unikernel is measured.
const WATCHED: Duration = Duration::from_secs(10);

/// Its maximum processor time meanwhile, in ticks of 10 ms: less than one per cent.
const IDLE: u64 = 10;

/// The tests.
pub fn list() -> Vec<Trial> {
    trials(
        &Runner::ALL,
        [
            (
                "steady::memory_is_flat_over_100_000_requests",
                memory_is_flat,
            ),
            ("steady::an_idle_one_sleeps", an_idle_one_sleeps),
        ],
    )
    .collect()
}

fn memory_is_flat(runner: Runner) {
    let http = Namespace::with("http", runner);
    let mut served = 0;
    let mut serve_until = |count| {
        while served < count {
            served += requests(&http);
        }
    };
    serve_until(WARM);
    let process = process(&http, runner);
    let warm = resident(process);
    serve_until(WARM + MANY);
    let at_last = resident(process);
    assert!(
        at_last <= warm + FLAT,
        "{warm} KiB, then {at_last} KiB after {served} requests"
    );
}

/// Sends requests for one second and returns the number of responses.
fn requests(http: &Namespace) -> u64 {
    let report = http.output(&[
        "wrk",
        "--threads",
        "1",
        "--connections",
        "10",
        "--duration",
        "1s",
        "http://10.0.0.2/",
    ]);
    wrk::answered(&report)
}

fn an_idle_one_sleeps(runner: Runner) {
    let http = Namespace::with("http", runner);
    requests(&http);
    let process = process(&http, runner);
    let before = ticks(process);
    // This is the measured period, not a wait for an event.
    thread::sleep(WATCHED);
    let used = ticks(process) - before;
    assert!(used <= IDLE, "{used} ticks of 10 ms in {WATCHED:?}");
    let page = http.output(&["curl", "--silent", "--show-error", "http://10.0.0.2/"]);
    assert!(page.contains("It answers"), "{page}");
}

/// Returns the process of the unikernel, or of the machine that it runs on.
fn process(http: &Namespace, runner: Runner) -> u32 {
    let tool = http.running().id();
    match runner {
        // The tool has executed the unikernel in its own process.
        Runner::Unix => tool,
        Runner::Q35 | Runner::Microvm | Runner::Spt => child(tool),
        // The tender and the machine are separate processes.
        Runner::Hvt => child(child(tool)),
    }
}

/// Returns the child of a process.
fn child(process: u32) -> u32 {
    let children = fs::read_to_string(format!("/proc/{process}/task/{process}/children"));
    let children = children.expect("a process's children");
    let child = children.split_whitespace().next().expect("a child");
    child.parse().expect("a process's id")
}

/// Returns the memory in use, in KiB (proc(5), `VmRSS`).
fn resident(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).expect("a process");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    number.expect("a number of KiB")
}

/// Returns the processor time used, in ticks (proc(5), `utime` and `stime`).
fn ticks(process: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).expect("a process");
    let (_, fields) = stat.rsplit_once(')').expect("a name");
    let fields: Vec<_> = fields.split_whitespace().collect();
    let field = |index: usize| fields[index].parse::<u64>().expect("ticks");
    field(11) + field(12)
}
