//! What a unikernel uses while it runs for long, and while it has nothing to do.

use crate::harness::{Runner, namespace::Namespace, trials, wrk};
use libtest_mimic::Trial;
use std::{fs, thread, time::Duration};

/// Requests after which every cache is as large as it gets.
const WARM: u64 = 20_000;

/// Requests of one boot.
const MANY: u64 = 120_000;

/// What memory may grow by meanwhile, in KiB: a leak of ten bytes for each request is more.
const FLAT: u64 = 976;

/// How long an idle unikernel is watched.
const WATCHED: Duration = Duration::from_secs(10);

/// What it may use of that, in ticks of 10 ms: less than one per cent.
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

/// Asks for a second; gives the number of answers.
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
    // Not to wait for anything: this is the time that is measured.
    thread::sleep(WATCHED);
    let used = ticks(process) - before;
    assert!(used <= IDLE, "{used} ticks of 10 ms in {WATCHED:?}");
    let page = http.output(&["curl", "--silent", "--show-error", "http://10.0.0.2/"]);
    assert!(page.contains("It answers"), "{page}");
}

/// The process that is the unikernel, or the machine that it runs on.
fn process(http: &Namespace, runner: Runner) -> u32 {
    let tool = http.running().id();
    match runner {
        // The tool has become the unikernel.
        Runner::Unix => tool,
        Runner::Q35 | Runner::Microvm | Runner::Spt => child(tool),
        // The tender is beside the machine.
        Runner::Hvt => child(child(tool)),
    }
}

/// The child of a process.
fn child(process: u32) -> u32 {
    let children = fs::read_to_string(format!("/proc/{process}/task/{process}/children"));
    let children = children.expect("a process's children");
    let child = children.split_whitespace().next().expect("a child");
    child.parse().expect("a process's id")
}

/// Memory in use, in KiB (proc(5), `VmRSS`).
fn resident(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).expect("a process");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    number.expect("a number of KiB")
}

/// Processor time used, in ticks (proc(5), `utime` and `stime`).
fn ticks(process: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).expect("a process");
    let (_, fields) = stat.rsplit_once(')').expect("a name");
    let fields: Vec<_> = fields.split_whitespace().collect();
    let field = |index: usize| fields[index].parse::<u64>().expect("ticks");
    field(11) + field(12)
}
