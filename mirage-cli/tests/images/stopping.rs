//! Shutdown: devices stop in reverse order of their start.

use crate::harness::{Line, Monitor, Runner, Running, client, ports, trial, trials};
use libtest_mimic::Trial;
use rustix::process::Signal;
use std::{
    io::{Read, Write},
    net::TcpStream,
};

/// The tests.
pub fn list() -> Vec<Trial> {
    let everywhere = trials(
        &Runner::ALL,
        [(
            "stopping::main_returns_and_devices_stop",
            main_returns_and_devices_stop,
        )],
    );
    let booted = trials(
        &Runner::MACHINES,
        [
            (
                "stopping::the_power_button_stops_devices",
                the_power_button_stops_devices as fn(Runner),
            ),
            (
                "stopping::the_power_button_lets_main_end",
                the_power_button_lets_main_end,
            ),
            ("stopping::ctrl_c_stops_devices", ctrl_c_stops_devices),
            ("stopping::a_second_ctrl_c_kills", a_second_ctrl_c_kills),
        ],
    );
    let alone = [
        trial("stopping::signals_stop_devices", signals_stop_devices),
        trial("stopping::a_signal_lets_main_end", a_signal_lets_main_end),
        trial("stopping::a_second_signal_kills", a_second_signal_kills),
        trial(
            "stopping::ctrl_alt_del_stops_devices",
            ctrl_alt_del_stops_devices,
        ),
    ];
    everywhere.chain(booted).chain(alone).collect()
}

/// The last lines of the devices of `stops`.
const STOPS: [&str; 4] = [
    "second stops",
    "second has stopped",
    "first stops",
    "first has stopped",
];

/// The lines of the unikernel after `main` has started to wait, without the tool's own.
fn after_waiting(lines: &[String]) -> Vec<&str> {
    let waiting = lines.iter().position(|line| line == "it waits");
    let after = &lines[waiting.expect("it waits") + 1..];
    let of_tool = |line: &str| line.contains(" at 127.0.0.") || line.starts_with("asking `");
    let printed = after.iter().filter(|line| !of_tool(line));
    printed.map(String::as_str).collect()
}

fn main_returns_and_devices_stop(runner: Runner) {
    let stops = Running::start("stops", runner, &[7000]);
    stops.wait_for("it waits");
    drop(client::connect(stops.address(7000)));
    let (status, lines) = stops.end();
    assert_eq!(status, 1, "{lines:#?}");
    let (last, before) = lines.split_last().expect("a line of output");
    assert_eq!(last, "error: a client connected");
    assert_eq!(after_waiting(before), STOPS);
}

/// Expects status 0 of `stops` after the host has requested shutdown.
pub fn stops_when_asked(stops: Running) {
    let (status, lines) = stops.end();
    assert_eq!(status, 0, "{lines:#?}");
    let printed = after_waiting(&lines);
    let (asked, stops) = printed.split_first().expect("an answer");
    assert!(asked.ends_with("shutdown was asked for"), "{lines:#?}");
    assert_eq!(stops, STOPS);
}

fn the_power_button_stops_devices(runner: Runner) {
    let monitor = Monitor::new();
    let forward = format!("{}:7000", ports::free());
    let line = Line::for_package("stops", runner, &["-P", &forward]).and("-qmp", &monitor.option());
    let stops = line.start();
    stops.wait_for("it waits");
    monitor.press_power_button();
    stops_when_asked(stops);
}

/// On a machine without ACPI, and so without a power button.
fn ctrl_alt_del_stops_devices() {
    let monitor = Monitor::new();
    let forward = format!("{}:7000", ports::free());
    let line = Line::for_package("stops", Runner::Microvm, &["-p", &forward])
        .with("microvm", "microvm,acpi=off")
        .and("-device", "i8042")
        .and("-qmp", &monitor.option());
    let stops = line.start();
    stops.wait_for("it waits");
    monitor.press_ctrl_alt_del();
    stops_when_asked(stops);
}

/// An open connection is served to its end, and the result of `main` is that of the unikernel.
fn ends_by_itself(drains: Running, mut client: TcpStream) {
    drains.wait_for("it is to end");
    client.write_all(b"!").expect("an open connection");
    let mut answer = [0];
    client.read_exact(&mut answer).expect("an answer");
    assert_eq!(&answer, b"!");
    drop(client);
    let (status, lines) = drains.end();
    assert_eq!(status, 1, "{lines:#?}");
    assert!(
        lines.ends_with(&["error: it has drained".into()]),
        "{lines:#?}"
    );
}

fn the_power_button_lets_main_end(runner: Runner) {
    let (monitor, port) = (Monitor::new(), ports::free());
    let forward = format!("{port}:7000");
    let line =
        Line::for_package("drains", runner, &["-P", &forward]).and("-qmp", &monitor.option());
    let drains = line.start();
    drains.wait_for("it waits");
    let client = client::connect(([127, 0, 0, 1], port).into());
    drains.wait_for("a client connected");
    monitor.press_power_button();
    ends_by_itself(drains, client);
}

fn a_signal_lets_main_end() {
    let drains = Running::start("drains", Runner::Unix, &[7000]);
    drains.wait_for("it waits");
    let client = client::connect(drains.address(7000));
    drains.wait_for("a client connected");
    drains.signal(Signal::TERM);
    ends_by_itself(drains, client);
}

/// The tool gets the signal, and the machine does not.
fn ctrl_c_stops_devices(runner: Runner) {
    let stops = Running::start("stops", runner, &[7000]);
    stops.wait_for("it waits");
    stops.signal(Signal::INT);
    stops_when_asked(stops);
}

fn a_second_ctrl_c_kills(runner: Runner) {
    let stuck = Running::start("stuck", runner, &[]);
    stuck.wait_for("it waits");
    stuck.signal(Signal::INT);
    stuck.wait_for("it never ends");
    stuck.signal(Signal::INT);
    let (status, lines) = stuck.end();
    assert_eq!(status, 128 + Signal::INT.as_raw(), "{lines:#?}");
}

fn signals_stop_devices() {
    for signal in [Signal::TERM, Signal::INT] {
        // The tool executes the program in its own process.
        let stops = Running::start("stops", Runner::Unix, &[7000]);
        stops.wait_for("it waits");
        stops.signal(signal);
        stops_when_asked(stops);
    }
}

fn a_second_signal_kills() {
    let stuck = Running::start("stuck", Runner::Unix, &[]);
    stuck.wait_for("it waits");
    stuck.signal(Signal::INT);
    stuck.wait_for("it never ends");
    stuck.signal(Signal::TERM);
    let (status, lines) = stuck.end();
    assert_eq!(status, 128 + Signal::TERM.as_raw(), "{lines:#?}");
}
