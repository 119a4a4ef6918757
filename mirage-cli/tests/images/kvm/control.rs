//! What the host does to a running machine: the power button, a reset, the date, and exits at any time.

use super::{case::Case, machine::Machine, vmm::Vmm};
use crate::{
    harness::{DEADLINE, Monitor, Running},
    http, stopping,
};
use std::{
    fs,
    io::{BufRead, BufReader, Write},
    os::unix::net::UnixStream,
    path::Path,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// The tests.
pub const CASES: &[Case] = &[
    Case {
        interfaces: &["net"],
        vmms: &Vmm::WITH_A_BUTTON,
        ..Case::new("the_power_button_stops_devices", "stops", power_button)
    },
    Case {
        interfaces: &["net"],
        vmms: &Vmm::QEMU,
        ..Case::new("a_reset_boots_again", "http", a_reset_boots_again)
    },
    Case {
        vmms: &Vmm::QEMU,
        ..Case::new("the_date_is_that_of_kvm", "clock", the_date_is_that_of_kvm)
    },
    Case::new("no_nap_lasts_for_ever", "naps", |machine| {
        let (status, console) = machine.run();
        assert!(console.contains("it is awake"), "{console}");
        assert_eq!(status, 0, "{console}");
    }),
];

fn power_button(machine: &Machine) {
    let waiting = |stops: Running| {
        stops.wait_for("it waits");
        stops
    };
    let folder = tempfile::tempdir().expect("a folder");
    let socket = folder.path().join("api");
    let path = socket.to_string_lossy();
    let stops = match machine.vmm {
        Vmm::Q35 | Vmm::Microvm | Vmm::Hvt => {
            let monitor = Monitor::new();
            let stops = waiting(machine.line().and("-qmp", &monitor.option()).start());
            monitor.press_power_button();
            stops
        }
        Vmm::CloudHypervisor => {
            let line = machine.line().and("--api-socket", &format!("path={path}"));
            let stops = waiting(line.start());
            put(&socket, "/api/v1/vm.power-button", "");
            stops
        }
        Vmm::Firecracker => {
            // Its messages would be between the lines of the unikernel.
            let log = folder.path().join("log");
            fs::write(&log, "").expect("a file");
            let line = machine.line().without_flag("--no-api");
            let line = line.and("--log-path", &log.to_string_lossy());
            let stops = waiting(line.and("--api-sock", &path).start());
            put(&socket, "/actions", r#"{"action_type":"SendCtrlAltDel"}"#);
            stops
        }
    };
    stopping::stops_when_asked(stops);
}

/// Sends a request to a VMM's API, which answers without content.
fn put(socket: &Path, path: &str, body: &str) {
    let mut stream = UnixStream::connect(socket).expect("a socket");
    let limit = stream.set_read_timeout(Some(DEADLINE));
    limit.expect("a limit that is not zero");
    let length = body.len();
    write!(
        stream,
        "PUT {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\
         Content-Type: application/json\r\n\r\n{body}"
    )
    .expect("an open socket");
    let mut status = String::new();
    let read = BufReader::new(stream).read_line(&mut status);
    read.expect("a response");
    assert!(status.contains(" 204 "), "{path}: {status}");
}

fn a_reset_boots_again(machine: &Machine) {
    let monitor = Monitor::new();
    let line = machine.line().without_flag("-no-reboot");
    let http = line.and("-qmp", &monitor.option()).start();
    for boot in 1..=2 {
        http.wait_for_several("tcp port 80 is at ", boot);
        for address in machine.addresses(80) {
            http::serves_the_page(address);
        }
        if boot == 1 {
            monitor.reset();
        }
    }
}

/// The machine's own clock is years behind KVM's.
fn the_date_is_that_of_kvm(machine: &Machine) {
    let before = since_epoch();
    let clock = machine.line().and("-rtc", "base=2001-02-03").start();
    let line = clock.wait_for("tick 1 at ");
    let after = since_epoch();
    let (_, date) = line.split_once("tick 1 at ").expect("a date");
    let date = Duration::from_secs(seconds(date));
    // The date of KVM's clock has its own fraction of a second.
    let second = Duration::from_secs(1);
    let range = before.saturating_sub(second)..=after + second;
    assert!(range.contains(&date), "{line}: not in {range:?}");
}

fn since_epoch() -> Duration {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.expect("a date after 1970")
}

/// Returns the seconds since 1970 of a date and time of day such as `2026-01-31T23:59:59.250Z`.
fn seconds(date: &str) -> u64 {
    let numbers: Vec<u64> = date
        .split(|character: char| !character.is_ascii_digit())
        .take(6)
        .map(|number| number.parse().expect("a number"))
        .collect();
    let [year, month, day, hour, minute, second] = numbers[..] else {
        panic!("not a date: {date}");
    };
    // Years begin in March: their last day may be the 29th of February.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day - 1;
    // Days from the 1st of March of year 0 to 1970.
    let days = days - 719_468;
    ((days * 24 + hour) * 60 + minute) * 60 + second
}
