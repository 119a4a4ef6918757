//! Unikernels with the minimum of memory that the tool accepts, and with less.

use crate::harness::{Line, Runner, Running, client, ports, published, tool, trial, trials};
use libtest_mimic::Trial;
use mirage_graph::size;
use std::{io::Read, net::TcpStream, process::Command};

/// The tests.
pub fn list() -> Vec<Trial> {
    let of_images = trials(
        &Runner::IMAGES,
        [
            (
                "memory::two_mib_are_enough_to_answer",
                answers as fn(Runner),
            ),
            ("memory::the_least_holds_all_connections", holds_connections),
            ("memory::the_least_holds_the_heap", holds_the_heap),
            ("memory::one_page_less_is_refused", one_page_less_is_refused),
            (
                "memory::a_task_without_memory_is_given_back",
                a_task_is_given_back,
            ),
            (
                "memory::the_stack_is_as_deep_as_declared",
                the_stack_is_as_deep_as_declared,
            ),
        ],
    );
    let limited = trial(
        "memory::a_process_has_the_declared_stack",
        a_process_has_the_declared_stack,
    );
    let declared = trial("memory::declared_memory_holds_the_image", holds_the_image);
    of_images.chain([limited, declared]).collect()
}

/// The memory that the unikernel needs on this target according to the tool, in KiB.
fn needed(package: &str, runner: Runner) -> u64 {
    let target = runner.target();
    let arguments = ["describe", "--format", "json", "-t", target, package];
    let described = client::output(tool().args(arguments));
    let graph: serde_json::Value = serde_json::from_str(&described).expect("JSON");
    let needs = graph["needs"].as_array().expect("a list of needs");
    let bytes = |need: &serde_json::Value| need["bytes"].as_u64().expect("a number");
    needs.iter().map(|need| bytes(need).div_ceil(1024)).sum()
}

/// The minimum memory of a machine; the tool refuses it if more is needed.
fn answers(runner: Runner) {
    let http = Running::with_options("http", runner, &[80], &["--memory", "2M"]);
    let url = format!("http://{}/", http.address(80));
    for _ in 0..10 {
        let page = client::run("curl", &["--silent", "--show-error", &url]);
        assert!(page.contains("It answers"), "{page}");
    }
}

fn holds_connections(runner: Runner) {
    let memory = format!("{}KiB", needed("roomy", runner));
    let roomy = Running::with_options("roomy", runner, &[7000], &["--memory", &memory]);
    let clients: Vec<TcpStream> = (0..100)
        .map(|_| {
            let mut client = client::connect(roomy.address(7000));
            let mut word = [0; 7];
            client.read_exact(&mut word).expect("a welcome");
            client
        })
        .collect();
    drop(clients);
}

/// Runs `roomy` with the minimum of memory and returns its status and console.
fn run_to_end(runner: Runner, what: &str, memory: Option<u64>) -> (i32, String) {
    let memory = memory.map(|kib| format!("{kib}KiB"));
    let mut command = tool();
    command
        .args(["run", "roomy"])
        .args(runner.arguments("roomy"));
    command.args(memory.iter().flat_map(|memory| ["--memory", memory]));
    // Each test has its own ports.
    let ports = [(ports::free(), 7000)];
    let what = format!("--what={what}");
    let own = ["--", &what];
    command.args(published("roomy", runner, &ports, &own));
    let (status, lines) = Running::spawn(command.args(own)).end();
    (status, lines.join("\n"))
}

fn holds_the_heap(runner: Runner) {
    let (status, console) = run_to_end(runner, "heap", Some(needed("roomy", runner)));
    assert_eq!(status, 0, "{console}");
    assert!(
        console.contains("the heap holds 1048576 bytes"),
        "{console}"
    );
}

fn one_page_less_is_refused(runner: Runner) {
    let needed = needed("roomy", runner);
    let (status, console) = run_to_end(runner, "heap", Some(needed - 4));
    assert_eq!(status, 2, "{console}");
    let [needed, given] = [needed, needed - 4].map(|kib| size::display(kib << 10));
    let sentence = format!(
        "error: MIR053: the unikernel needs {needed} of memory, more than the {given} it has"
    );
    assert!(console.contains(&sentence), "{console}");
    for line in [
        "1MiB for heap",
        "512KiB for stack",
        " for image",
        "= help: give it ",
    ] {
        assert!(console.contains(line), "{console}");
    }
    assert!(!console.contains("the heap holds"), "{console}");
}

fn a_task_is_given_back(runner: Runner) {
    let (status, console) = run_to_end(runner, "tasks", None);
    assert_eq!(status, 0, "{console}");
    assert!(console.contains("there is memory for "), "{console}");
    assert!(console.contains("and for 1024 bytes"), "{console}");
}

fn the_stack_is_as_deep_as_declared(runner: Runner) {
    let (status, console) = run_to_end(runner, "stack", None);
    assert!(console.contains("the stack is 448 deep"), "{console}");
    match runner {
        Runner::Spt => assert_eq!(status, 139, "{console}"),
        _ => {
            assert_eq!(status, 255, "{console}");
            assert!(console.contains("stack overflow"), "{console}");
        }
    }
    assert!(!console.contains("and "), "{console}");
}

/// A process has its declared stack even if the shell's limit is lower.
fn a_process_has_the_declared_stack() {
    let port = format!("{}:7000", ports::free());
    let line = Line::for_package("roomy", Runner::Unix, &["-P", &port]);
    let script = format!("ulimit -S -s 256 && exec {} --what=stack", line.text());
    let output = Command::new("sh").args(["-c", &script]).output();
    let output = output.expect("a shell");
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(stdout.contains("the stack is 448 deep"), "{output:?}");
    assert!(!output.status.success(), "{output:?}");
}

/// The tool reports what only the linked image determines, with the same code.
fn holds_the_image() {
    for target in ["virtio", "hvt", "spt"] {
        let built = Running::spawn(tool().args(["build", "-t", target, "bulky"]));
        let (status, lines) = built.end();
        let console = lines.join("\n");
        assert_eq!(status, 101, "{console}");
        let sentence = "error: MIR053: the unikernel needs ";
        assert!(console.contains(sentence), "{console}");
        assert!(console.contains("KiB for image"), "{console}");
    }
}
