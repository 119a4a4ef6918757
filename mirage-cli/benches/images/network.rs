//! Requests that `http` answers per second of processor time, on `spt` and as a process, both with our
//! stack on the same TAP device.
//!
//! Processor time depends less on other load of the machine than the time of a response. It includes the
//! work of the host's kernel for the frames.

use crate::{
    example::{build, tool},
    median::Median,
    namespace::Namespace,
};
use std::{
    fs,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    thread,
};

/// Number of rounds. Each round starts both.
const ROUNDS: usize = 7;
/// Number of wrk's connections.
const CONNECTIONS: [&str; 3] = ["1", "10", "100"];
/// Duration of a run of wrk, in seconds.
const SECONDS: &str = "2";

/// Prints the figures, or why they cannot be measured.
pub fn print() {
    match Namespace::new() {
        Ok(namespace) if has_wrk(&namespace) => compare(&namespace),
        Ok(_) => println!("no figures of the network: wrk is not installed"),
        Err(cause) => println!("no figures of the network: {cause}"),
    }
}

fn has_wrk(namespace: &Namespace) -> bool {
    let mut command = namespace.command(&["wrk", "--version"]);
    // wrk prints its version and fails; an error here means that it cannot be started.
    let output = command.output();
    output.is_ok_and(|output| output.stdout.starts_with(b"wrk"))
}

fn compare(namespace: &Namespace) {
    let image = build("http", "spt").path;
    let process = build("http", "unix").path;
    let tool = tool();
    let tool = tool.get_program().to_str().expect("a path");
    let spt = [tool, "tender", "--mem=64", "--net:service=tap0", &image];
    let unix = [&process, "--net", "net:tap=tap0"];
    let mut measured = [(); 2].map(|()| [(); 3].map(|()| Vec::new()));
    for _ in 0..ROUNDS {
        for (words, figures) in [&spt[..], &unix].into_iter().zip(&mut measured) {
            let server = Server::start(namespace, words);
            server.asked(namespace, "10", "1");
            for (connections, figures) in CONNECTIONS.iter().zip(figures) {
                figures.push(server.asked(namespace, connections, SECONDS));
            }
        }
    }
    let [spt, unix] = measured.map(|figures| figures.map(Median::from_values));
    println!("requests of http in a second of processor time, by connections:");
    println!("median of {ROUNDS} rounds by turns (and its quartiles)");
    println!("{:>4}  {:<30}{:<30}spt / unix", "", "spt", "unix at a TAP");
    for ((connections, spt), unix) in CONNECTIONS.iter().zip(spt).zip(unix) {
        let ratio = spt.middle() / unix.middle();
        let [spt, unix] = [spt, unix].map(|figure| figure.to_string());
        println!("{connections:>4}  {spt:<30}{unix:<30}{ratio:.2}");
    }
}

/// A server at 10.0.0.2. It ends with this.
struct Server(Child);

impl Server {
    /// Starts it, and waits until it listens.
    fn start(namespace: &Namespace, words: &[&str]) -> Self {
        // The one before had another MAC address.
        let forget = ["ip", "neighbour", "flush", "dev", "tap0"];
        let status = namespace.command(&forget).status();
        assert!(status.is_ok_and(|status| status.success()), "{forget:?}");
        let mut command = pinned(namespace, "0", words);
        let mut child = command.stdout(Stdio::piped()).spawn().expect("it starts");
        let console = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut lines = console.lines().map_while(Result::ok);
        let listens = lines.any(|line| line.contains(" is at 10.0.0.2:"));
        // The rest of its output is read, so that it does not block on a full pipe.
        thread::spawn(|| lines.for_each(drop));
        assert!(listens, "{words:?} does not listen");
        Self(child)
    }

    /// Runs wrk, and returns the number of responses per second of the server's processor time.
    fn asked(&self, namespace: &Namespace, connections: &str, seconds: &str) -> f64 {
        let duration = format!("{seconds}s");
        let options = [
            "--threads",
            "1",
            "--connections",
            connections,
            "--duration",
            &duration,
        ];
        let words = [&["wrk"], &options[..], &["http://10.0.0.2/"]].concat();
        let before = self.processor_seconds();
        let output = pinned(namespace, "1", &words).output().expect("wrk starts");
        let took = self.processor_seconds() - before;
        let report = String::from_utf8_lossy(&output.stdout);
        let failed = ["Socket errors", "Non-2xx"]
            .iter()
            .any(|trouble| report.contains(trouble));
        let answers = report
            .lines()
            .find_map(|line| line.trim().split_once(" requests in "));
        let answers = answers.and_then(|(number, _)| number.parse::<f64>().ok());
        let answers = answers.filter(|_| !failed);
        answers.unwrap_or_else(|| panic!("{report}")) / took
    }

    /// The processor time that it has used (Linux, `Documentation/scheduler/sched-stats.rst`).
    fn processor_seconds(&self) -> f64 {
        let path = format!("/proc/{}/schedstat", self.0.id());
        let text = fs::read_to_string(path).expect("a process");
        let nanoseconds = text
            .split_whitespace()
            .next()
            .and_then(|first| first.parse::<f64>().ok());
        nanoseconds.expect("a number") / 1e9
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Pins a program to one processor if there are two, so that server and client do not compete for one.
fn pinned(namespace: &Namespace, processor: &str, words: &[&str]) -> Command {
    let processors = thread::available_parallelism().map_or(1, usize::from);
    match processors {
        1 => namespace.command(words),
        _ => namespace.command(&[&["taskset", "--cpu-list", processor], words].concat()),
    }
}
