//! gdb, as the book's chapter on debugging starts it.

use crate::harness::{Runner, Running, client, ports, tool, trial, trials};
use libtest_mimic::Trial;
use rustix::process::Signal;
use std::{
    net::{Ipv4Addr, TcpListener},
    process::Command,
};

/// The tests.
pub fn list() -> Vec<Trial> {
    let machines = trials(
        &Runner::MACHINES,
        [(
            "debugging::gdb_stops_at_the_first_line_of_main",
            gdb_stops_at_the_first_line_of_main as fn(Runner),
        )],
    );
    let processes = [
        trial("debugging::a_used_port_is_refused", a_used_port_is_refused),
        trial(
            "debugging::a_machine_that_waits_is_interrupted",
            a_machine_that_waits_is_interrupted,
        ),
        trial("debugging::gdb_runs_a_process", gdb_runs_a_process),
        trial("debugging::gdb_runs_a_tender", gdb_runs_a_tender),
    ];
    machines.chain(processes).collect()
}

/// The chapter.
const CHAPTER: &str = include_str!("../../../docs/src/debugging.md");
/// Where its commands stop.
const STOPPED: &str = "let _ = writeln!(console";

/// Returns the chapter's command that contains `text`, on one line, and ends it with more commands of gdb.
fn command(text: &str) -> String {
    let blocks = CHAPTER.split("```sh\n").skip(1);
    let mut blocks = blocks.filter_map(|block| Some(block.split_once("```")?.0));
    let block = blocks.find(|block| block.contains(text)).expect(text);
    let start = block.find("rust-gdb ").expect("a command");
    let line = block[start..].replace("\\\n", "");
    with_commands(&line.replace("cargo-mirage ", &format!("'{}' ", tool_path())))
}

fn tool_path() -> String {
    tool().get_program().to_string_lossy().into_owned()
}

/// Prints the variables where gdb stops, and ends it.
fn with_commands(line: &str) -> String {
    let (before, program) = match line.split_once(" --args ") {
        Some((before, program)) => (before, format!(" --args {program}")),
        None => (line, String::new()),
    };
    format!("{before} -batch -ex 'info locals' -ex kill{program}")
}

fn gdb(line: &str) -> String {
    let mut shell = Command::new("sh");
    shell.args(["-c", line]).env("COLUMNS", "200");
    shell.current_dir(tool().get_current_dir().expect("the repository"));
    client::output(&mut shell)
}

fn gdb_stops_at_the_first_line_of_main(runner: Runner) {
    let gdb_option = format!("--gdb={}", ports::free());
    let mut command = tool();
    command.args(["run", "hello", &gdb_option]);
    let running = Running::spawn(command.args(runner.arguments("hello")));
    let line = running.wait_for("rust-gdb --quiet");
    let output = gdb(&with_commands(line.trim()));
    let first = "let since_boot = clock.now().as_nanos() / 1000;";
    assert!(output.contains(first), "{output}");
    assert!(output.contains("console = "), "{output}");
}

fn waits_for_gdb(port: u16) -> Running {
    // So that the time limits of tests do not include compilation.
    client::output(tool().args(["build", "hello", "--target", "virtio", "--debug"]));
    let mut command = tool();
    command.args(["run", "hello", "--target", "virtio"]);
    Running::spawn(command.arg(format!("--gdb={port}")))
}

/// gdb would be connected to what is there.
fn a_used_port_is_refused() {
    let used = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let port = used.local_addr().expect("an address").port();
    let (status, lines) = waits_for_gdb(port).end();
    assert_eq!(status, 2, "{lines:#?}");
    let output = lines.join("\n");
    assert!(output.contains("`--gdb=PORT` chooses another"), "{output}");
    assert!(!output.contains("rust-gdb"), "{output}");
}

/// It does not notice its power button.
fn a_machine_that_waits_is_interrupted() {
    let machine = waits_for_gdb(ports::free());
    machine.wait_for("rust-gdb --quiet");
    machine.signal(Signal::INT);
    let (status, lines) = machine.end();
    assert_eq!(status, 128 + Signal::INT.as_raw(), "{lines:#?}");
}

fn gdb_runs_a_process() {
    let mut cargo = tool();
    client::output(cargo.args(["build", "hello", "--target", "unix", "--debug"]));
    let output = gdb(&command("target/debug/hello"));
    assert!(output.contains(STOPPED), "{output}");
}

fn gdb_runs_a_tender() {
    client::output(tool().args(["build", "hello", "--target", "spt", "--debug"]));
    let output = gdb(&command("tender"));
    assert!(output.contains(STOPPED), "{output}");
    assert!(output.contains("since_boot = "), "{output}");
}
