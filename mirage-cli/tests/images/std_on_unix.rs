//! Programs with std as processes of the host.

use crate::harness::{Runner, Running, client, trial};
use libtest_mimic::Trial;
use rustix::process::Signal;
use std::{
    fs,
    io::{Read, Write},
};

/// The tests.
pub fn list() -> Vec<Trial> {
    vec![
        trial(
            "std_on_unix::declared_ports_are_bound",
            declared_ports_are_bound,
        ),
        trial(
            "std_on_unix::main_receives_its_nodes",
            main_receives_its_nodes,
        ),
        trial("std_on_unix::tokio_serves_clients", tokio_serves_clients),
        trial("std_on_unix::the_end_stops_devices", the_end_stops_devices),
        trial(
            "std_on_unix::a_panic_on_any_thread_is_255",
            a_panic_on_any_thread_is_255,
        ),
        trial("std_on_unix::signals_stop_devices", signals_stop_devices),
        trial(
            "std_on_unix::the_programs_handler_gets_the_signal",
            the_programs_handler_gets_the_signal,
        ),
        trial(
            "std_on_unix::arguments_and_variables_are_given_at_boot",
            arguments_and_variables_are_given_at_boot,
        ),
        trial(
            "std_on_unix::a_tap_device_is_refused",
            a_tap_device_is_refused,
        ),
        trial(
            "std_on_unix::files_are_those_of_the_graph",
            files_are_those_of_the_graph,
        ),
        trial(
            "std_on_unix::a_panic_has_a_backtrace",
            a_panic_has_a_backtrace,
        ),
    ]
}

/// The last line of `binds`, if its device is stopped.
const STOPPED: &str = "the device has stopped";

/// Runs the guest `binds`, which then waits for an order.
fn binds() -> Running {
    let binds = Running::start("binds", Runner::Unix, &[80, 90, 7]);
    binds.wait_for("it waits");
    binds
}

/// Gives `binds` an order and waits for its end.
fn end_by(order: &str) -> (i32, Vec<String>) {
    let binds = binds();
    let mut stream = client::connect(binds.address(80));
    writeln!(stream, "{order}").expect("an open connection");
    binds.end()
}

fn has(lines: &[String], line: &str) -> bool {
    lines.iter().any(|other| other == line)
}

fn declared_ports_are_bound() {
    let binds = binds();
    let mut greeting = String::new();
    let mut admin = client::connect(binds.address(90));
    admin.read_to_string(&mut greeting).expect("a greeting");
    assert_eq!(greeting, "hello\n");
    assert_eq!(client::ask(binds.address(7), b"question"), b"question");
    writeln!(client::connect(binds.address(80)), "return").expect("an open connection");
    let at = binds.address(80);
    let (status, lines) = binds.end();
    assert_eq!(status, 0, "{lines:#?}");
    let in_use = format!("error: port 80 at {at} is in use (`--publish HOST:80` chooses another)");
    let undeclared = |protocol, number| {
        format!(
            "error: {protocol} port {number} cannot be bound: it is not declared, \
             such as by `{protocol}(name = {number})`"
        )
    };
    for line in [
        "0.0.0.0:0: Ok(())",
        "udp 0.0.0.0:0: Ok(())",
        "127.0.0.1:0: Ok(())",
        "udp 127.0.0.1:0: Ok(())",
        &undeclared("tcp", 81),
        "0.0.0.0:81: Err(PermissionDenied)",
        &undeclared("tcp", 7),
        "10.0.0.2:7: Err(PermissionDenied)",
        "10.0.0.9:80: Err(AddrNotAvailable)",
        &in_use,
        "0.0.0.0:80: Err(AddrInUse)",
        &undeclared("udp", 80),
        "udp 0.0.0.0:80: Err(PermissionDenied)",
        "loopback: Ok(true)",
    ] {
        assert!(has(&lines, line), "no `{line}`:\n{lines:#?}");
    }
}

fn main_receives_its_nodes() {
    let options = ["--", "--greeting=good day"];
    let receives = Running::with_options("receives", Runner::Unix, &[80, 7], &options);
    receives.wait_for("the greeting is `good day`");
    assert_eq!(client::ask(receives.address(7), b"question"), b"question");
    let mut greeting = [0; 8];
    let mut stream = client::connect(receives.address(80));
    stream.read_exact(&mut greeting).expect("a greeting");
    assert_eq!(&greeting, b"good day");
    drop(stream);
    let (status, lines) = receives.end();
    assert_eq!(status, 0, "{lines:#?}");
}

fn tokio_serves_clients() {
    let serves = Running::start("serves", Runner::Unix, &[80, 7]);
    serves.wait_for("own: it waits");
    serves.wait_for("81: Some(PermissionDenied)");
    serves.wait_for("udp 80: Some(PermissionDenied)");
    let url = format!("http://{}/", serves.address(80));
    let urls = [url.as_str(); 20];
    let answers = client::run("curl", &[&["--silent", "--fail"], &urls[..]].concat());
    let lines: Vec<_> = answers.lines().collect();
    assert_eq!(lines.len(), urls.len(), "{answers}");
    assert!(
        lines.iter().all(|line| line.ends_with(" bytes")),
        "{answers}"
    );
    assert_eq!(client::ask(serves.address(7), b"question"), b"question");
}

fn the_end_stops_devices() {
    for (order, expected) in [("return", 0), ("fail", 1), ("exit", 7)] {
        let (status, lines) = end_by(order);
        assert_eq!(status, expected, "{order}: {lines:#?}");
        assert!(has(&lines, STOPPED), "{order}: {lines:#?}");
        let is_reported = has(&lines, "Error: \"no such luck\"");
        assert_eq!(is_reported, order == "fail", "{order}: {lines:#?}");
    }
}

/// As in an image, which does not continue either.
fn a_panic_on_any_thread_is_255() {
    let (status, lines) = end_by("panic");
    assert_eq!(status, 255, "{lines:#?}");
    let console = lines.join("\n");
    assert!(console.contains("number 3 is unlucky"), "{console}");
    assert!(!console.contains("has ended one thread only"), "{console}");
    assert!(!console.contains(STOPPED), "{console}");
}

fn is_asked(line: &str) -> bool {
    line.ends_with("shutdown was asked for")
}

fn signals_stop_devices() {
    for signal in [Signal::TERM, Signal::INT] {
        let binds = binds();
        binds.signal(signal);
        let (status, lines) = binds.end();
        assert_eq!(status, 0, "{lines:#?}");
        let asked = lines.iter().position(|line| is_asked(line));
        let stopped = lines.iter().position(|line| line == STOPPED);
        assert!(asked.is_some() && asked < stopped, "{lines:#?}");
    }
}

fn the_programs_handler_gets_the_signal() {
    for (signal, is_handled) in [(Signal::INT, true), (Signal::TERM, false)] {
        let serves = Running::start("serves", Runner::Unix, &[80, 7]);
        serves.wait_for("own: it waits");
        serves.signal(signal);
        let (status, lines) = serves.end();
        assert_eq!(status, 0, "{lines:#?}");
        assert_eq!(has(&lines, "it is interrupted"), is_handled, "{lines:#?}");
        assert_eq!(
            lines.iter().any(|line| is_asked(line)),
            !is_handled,
            "{lines:#?}"
        );
    }
}

fn arguments_and_variables_are_given_at_boot() {
    let options = ["--", "--env", "MODE=a=b c", "--env=GREETING=hi", "--"];
    let options = [&options[..], &["--help", "--", "two words"]].concat();
    for (options, arguments, variables) in [
        (
            &options[..],
            r#"["--help", "--", "two words"]"#,
            r#"[Some("hi"), Some("a=b c")]"#,
        ),
        (&[], "[]", r#"[Some("hello"), None]"#),
    ] {
        let binds = Running::with_options("binds", Runner::Unix, &[80, 90, 7], options);
        binds.wait_for(&format!("arguments: {arguments}"));
        binds.wait_for(&format!("variables: {variables}"));
    }
    let (status, lines) = Running::with_options("binds", Runner::Unix, &[], &["--", "x"]).end();
    assert_eq!(status, 64, "{lines:#?}");
}

fn a_tap_device_is_refused() {
    let options = ["--net", "net:tap=none"];
    let (status, lines) = Running::with_options("binds", Runner::Unix, &[], &options).end();
    assert_ne!(status, 0, "{lines:#?}");
}

/// The guest checks what there is. Its process has a file of the host in its way.
fn files_are_those_of_the_graph() {
    let file = tempfile::NamedTempFile::new_in("/tmp").expect("a file");
    fs::write(file.path(), "of the host").expect("the file");
    let path = file.path().to_str().expect("a path");
    let (status, lines) =
        Running::with_options("mounted", Runner::Unix, &[], &["--", "--", path]).end();
    assert_eq!(status, 0, "{lines:#?}");
    assert_eq!(lines.last().map(String::as_str), Some("done"), "{lines:#?}");
    let contents = fs::read_to_string(file.path()).expect("the file");
    assert_eq!(contents, "of the host");
}

/// The standard library reads the symbols in the executable, a file of the host.
fn a_panic_has_a_backtrace() {
    let options = ["--", "--env=RUST_BACKTRACE=1", "--", "none", "panic"];
    let (status, lines) = Running::with_options("mounted", Runner::Unix, &[], &options).end();
    assert_eq!(status, 255, "{lines:#?}");
    let has_function = lines.iter().any(|line| line.ends_with("mounted::unlucky"));
    assert!(has_function, "{lines:#?}");
}
