//! The example `shop`: three unikernels, on a bridge for each network.

use crate::harness::{Runner, Running, build, namespace::Namespace, ports, tool, trial, trials};
use libtest_mimic::Trial;
use std::process::Command;

/// The tests.
pub fn list() -> Vec<Trial> {
    trials(
        &[Runner::Unix, Runner::Microvm, Runner::Spt],
        [
            ("shop::all_three_answer", all_three_answer as fn(Runner)),
            (
                "shop::strangers_are_refused",
                strangers_are_refused as fn(Runner),
            ),
        ],
    )
    .chain([trial(
        "shop::links_without_tap_devices_are_warned_about",
        links_without_tap_devices_are_warned_about,
    )])
    .collect()
}

/// The application, and the namespace of its networks.
struct Shop {
    namespace: Namespace,
    /// They end when they are dropped.
    _others: [Running; 2],
}

impl Shop {
    fn start(runner: Runner) -> Self {
        build("shop", runner.target());
        let web = line("web", &["front:tap=web-front", "back:tap=web-back"], runner);
        let namespace = Namespace::of_shop(&web);
        // Then the devices of the others are there, too.
        namespace.running().wait_for(" is at 10.0.0.2:80");
        let others = [
            ("api", "back:tap=api-back", "10.0.1.3:7000"),
            ("db", "back:tap=db-back", "10.0.1.4:5432"),
        ]
        .map(|(unikernel, net, address)| {
            let line = line(unikernel, &[net], runner);
            let line: Vec<_> = line.iter().map(String::as_str).collect();
            let running = namespace.spawn(&line);
            running.wait_for(&format!(" is at {address}"));
            running
        });
        Self {
            namespace,
            _others: others,
        }
    }

    /// Returns what `curl` with `options` prints, and its status.
    fn curl(&self, options: &str) -> String {
        let script = format!("curl --silent --show-error {options} 2>/dev/null; echo $?");
        let output = self.namespace.output(&["sh", "-c", &script]);
        output.trim().replace('\n', " ")
    }
}

/// Returns the command line that runs a unikernel of the shop.
fn line(unikernel: &str, nets: &[&str], runner: Runner) -> Vec<String> {
    let tool = tool();
    let program = tool.get_program().to_string_lossy().into_owned();
    let mut line = vec![program, "run".into(), "shop".into()];
    line.extend(["--bin".into(), unikernel.into()]);
    for net in nets {
        line.extend(["--net".into(), (*net).into()]);
    }
    line.extend(runner.arguments("shop").iter().map(|it| (*it).into()));
    line
}

fn all_three_answer(runner: Runner) {
    let shop = Shop::start(runner);
    assert_eq!(shop.curl("http://10.0.0.2/apple"), "3 in stock 0");
    assert_eq!(shop.curl("http://10.0.0.2/kiwi"), "there is no kiwi 0");
    assert_eq!(shop.curl("-d '' http://10.0.0.2/pear"), "sold, 0 left 0");
    assert_eq!(shop.curl("-d '' http://10.0.0.2/pear"), "no pear is left 0");
}

/// The host is in the network `back`, but has no link to anyone there.
fn strangers_are_refused(runner: Runner) {
    let shop = Shop::start(runner);
    // The database and the API drop what comes from others, and the web front does not listen here.
    const NO_ANSWER: &str = "28";
    const REFUSED: &str = "7";
    let silent = "--connect-timeout 2";
    assert_eq!(
        shop.curl(&format!("{silent} http://10.0.1.4:5432/")),
        NO_ANSWER
    );
    assert_eq!(
        shop.curl(&format!("{silent} http://10.0.1.3:7000/")),
        NO_ANSWER
    );
    assert_eq!(shop.curl("http://10.0.1.2/apple"), REFUSED);
    assert_eq!(shop.curl("http://10.0.0.2/apple"), "3 in stock 0");
}

/// A process with the host's sockets does not find the other ones.
fn links_without_tap_devices_are_warned_about() {
    build("shop", "unix");
    let line = line("web", &[], Runner::Unix);
    let port = ports::free();
    let mut command = Command::new(&line[0]);
    command.args(&line[1..]).args(["-P", &format!("{port}:80")]);
    let web = Running::spawn(&mut command);
    for interface in ["front", "back"] {
        web.wait_for(&format!("links by {interface} lead to the addresses"));
    }
}
