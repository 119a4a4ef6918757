//! gdb, as the book's chapter on debugging starts it.

use crate::harness::{Runner, Running, client, ports, tool, trial, trials};
use libtest_mimic::Trial;
use std::process::Command;

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
