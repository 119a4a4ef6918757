//! `cargo mirage up` with the example `shop`.

use crate::harness::{Runner, Running, build, client, ports, tool, trial, trials};
use libtest_mimic::Trial;
use rustix::process::Signal;
use std::process::Command;

/// The tests.
pub fn list() -> Vec<Trial> {
    trials(
        &[Runner::Unix, Runner::Microvm, Runner::Spt],
        [(
            "up::all_answer_and_stop_in_order",
            all_answer_and_stop_in_order as fn(Runner),
        )],
    )
    .chain([
        trial("up::targets_may_differ", targets_may_differ),
        trial(
            "up::the_others_go_on_without_one",
            the_others_go_on_without_one,
        ),
        trial("up::a_used_port_is_named", a_used_port_is_named),
        trial("up::unikernels_may_be_packages", unikernels_may_be_packages),
    ])
    .collect()
}

/// An application, with the address of its front.
struct Application {
    running: Running,
    url: String,
}

impl Application {
    /// Starts `shop`.
    fn start(options: &[&str]) -> Self {
        Self::at(ports::free(), "web.http", &[&["shop"], options].concat())
    }

    /// Starts what `arguments` say, with a port at this port of the host.
    fn at(port: u16, open: &str, arguments: &[&str]) -> Self {
        let mut command = tool();
        command.args(["up", "-P", &format!("{port}:{open}")]);
        Self {
            running: Running::spawn(command.args(arguments)),
            url: format!("http://127.0.0.1:{port}"),
        }
    }

    fn get(&self, article: &str) -> String {
        let url = format!("{}/{article}", self.url);
        client::run("curl", &["--silent", "--show-error", "--http0.9", &url])
    }

    /// Presses Ctrl-C. Returns the status and what the tool has printed since then.
    fn stop(self) -> (i32, Vec<String>) {
        self.running.signal(Signal::INT);
        let (status, lines) = self.running.end();
        let at = lines.iter().position(|line| line.contains("stopping `"));
        (status, lines[at.expect("it is stopped")..].to_vec())
    }
}

/// The options that select a runner.
fn options(runner: Runner) -> &'static [&'static str] {
    build("shop", runner.target());
    match runner {
        Runner::Unix => &["-t", "unix", "--release"],
        Runner::Microvm => &["-t", "virtio", "--machine", "microvm", "--accel", "tcg"],
        _ => &["-t", "spt"],
    }
}

fn all_answer_and_stop_in_order(runner: Runner) {
    let shop = Application::start(options(runner));
    shop.running.wait_for("`shop` is up: 3 of 3 unikernels");
    assert_eq!(shop.get("apple"), "3 in stock\n");
    assert_eq!(shop.get("kiwi"), "there is no kiwi\n");
    let (status, lines) = shop.stop();
    assert_eq!(status, 0, "{lines:#?}");
    let how = match runner {
        Runner::Spt => "was stopped",
        _ => "has ended",
    };
    let ends = ["web", "api", "db"].map(|name| {
        let end = format!("`{name}` {how}");
        let line = lines.iter().position(|line| line.ends_with(&end));
        line.unwrap_or_else(|| panic!("{name}: {lines:#?}"))
    });
    assert!(ends.is_sorted(), "clients end first: {lines:#?}");
}

fn targets_may_differ() {
    build("shop", "unix");
    build("shop", "spt");
    let shop = Application::start(&["-t", "api=unix", "--release", "--only", "web"]);
    shop.running.wait_for("`shop` is up: 3 of 3 unikernels");
    assert_eq!(shop.get("pear"), "1 in stock\n");
    shop.running.signal(Signal::INT);
    let (status, lines) = shop.running.end();
    assert_eq!(status, 0, "{lines:#?}");
    let is_of = |name: &str| lines.iter().any(|line| line.starts_with(name));
    assert!(is_of("web |"), "{lines:#?}");
    assert!(!is_of("api |") && !is_of("db  |"), "{lines:#?}");
}

/// Kills the tender of an image.
fn kill(application: &Application, image: &str) {
    let parent = application.running.id().to_string();
    let options = ["--signal", "KILL", "--parent", &parent, "--full", image];
    client::output(Command::new("pkill").args(options));
}

fn the_others_go_on_without_one() {
    let shop = Application::start(options(Runner::Spt));
    shop.running.wait_for("`shop` is up: 3 of 3 unikernels");
    kill(&shop, "db.image");
    shop.running.wait_for("`db` was killed by signal 9");
    shop.running.wait_for("`db` has failed");
    let answer = shop.get("apple");
    assert!(answer.contains("does not answer"), "{answer}");
    let (status, lines) = shop.stop();
    assert_eq!(status, 1, "{lines:#?}");
}

fn a_used_port_is_named() {
    let port = ports::free();
    let second = [&["shop"], options(Runner::Spt)].concat();
    let shop = Application::at(port, "web.http", &second);
    shop.running.wait_for("`shop` is up: 3 of 3 unikernels");
    let (status, lines) = Application::at(port, "web.http", &second).running.end();
    assert_eq!(status, 101, "{lines:#?}");
    let output = lines.join("\n");
    assert!(output.contains(&format!("127.0.0.1:{port}")), "{output}");
    assert!(output.contains("-P HOST:NAME.PORT"), "{output}");
    assert_eq!(shop.get("apple"), "3 in stock\n");
    assert_eq!(shop.stop().0, 0);
}

/// The plan is a package, and so is each unikernel. One of them is named, and its disk outlives it.
fn unikernels_may_be_packages() {
    build("orders-front", "spt");
    build("orders-store", "spt");
    let start = |named: &str| {
        let arguments = [named, "--profile", "guest"];
        let orders = Application::at(ports::free(), "front.http", &arguments);
        orders.running.wait_for("`orders` is up: 2 of 2 unikernels");
        orders
    };
    let number = |orders: &Application| {
        let answer = orders.get("");
        let number = answer
            .strip_prefix("order ")
            .and_then(|rest| rest.trim().parse::<u64>().ok());
        number.unwrap_or_else(|| panic!("{answer}"))
    };
    let orders = start("orders-front");
    let first = number(&orders);
    assert!(number(&orders) > first);
    assert_eq!(orders.stop().0, 0);
    let orders = start("orders-store");
    let second = number(&orders);
    assert!(second > first + 1, "the disk has the number");
    kill(&orders, "orders-store.image");
    orders
        .running
        .wait_for("`store` is started again in 100 ms");
    assert!(number(&orders) > second);
    assert_eq!(orders.stop().0, 0);
}
