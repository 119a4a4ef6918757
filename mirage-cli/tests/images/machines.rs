//! Machines that differ from those that the tool starts: the printed line, changed.

use crate::harness::{Place, Running, build, client, ports, tool, trial};
use libtest_mimic::Trial;
use std::process::Command;

/// The tests.
pub fn list() -> Vec<Trial> {
    vec![
        trial("machines::legacy_mmio_answers", legacy_mmio_answers),
        trial(
            "machines::mmio_without_acpi_answers",
            mmio_without_acpi_answers,
        ),
        trial(
            "machines::pci_without_legacy_answers",
            pci_without_legacy_answers,
        ),
        trial(
            "machines::entropy_of_the_device_is_enough",
            entropy_of_the_device_is_enough,
        ),
        trial(
            "machines::the_least_memory_is_enough",
            the_least_memory_is_enough,
        ),
        trial("machines::no_entropy_is_refused", no_entropy_is_refused),
        trial("machines::no_network_is_said", no_network_is_said),
        trial(
            "machines::no_debug_exit_is_no_hang",
            no_debug_exit_is_no_hang,
        ),
    ]
}

/// The least that a unikernel may be declared to have is enough for one with a network.
fn the_least_memory_is_enough() {
    for place in Place::MACHINES {
        let http = Running::with_options("http", place, &[80], &["--memory", "2M"]);
        let url = format!("http://{}/", http.address(80));
        let page = client::run("curl", &["--silent", "--show-error", &url]);
        assert!(page.contains("It answers"), "{page}");
    }
}

/// A machine's command line, and the port of the host that leads to port 80.
struct Line {
    words: Vec<String>,
    port: u16,
}

impl Line {
    /// What the tool prints for `http`. No word of it has a space.
    fn of(place: Place) -> Self {
        build("http", place.target());
        let port = ports::free();
        let mut dry = tool();
        dry.args(["run", "http", "--dry-run", "-p", &format!("{port}:80")]);
        let text = client::output(dry.args(place.arguments()));
        let words = text.split_whitespace().map(Into::into).collect();
        Self { words, port }
    }

    /// With another value for the option whose value is `from`.
    fn with(mut self, from: &str, to: &str) -> Self {
        let word = self.words.iter_mut().find(|word| *word == from);
        *word.unwrap_or_else(|| panic!("no `{from}`")) = to.into();
        self
    }

    /// Without the option whose value begins so.
    fn without(mut self, value: &str) -> Self {
        let at = self.words.iter().position(|word| word.starts_with(value));
        let at = at.unwrap_or_else(|| panic!("no `{value}`"));
        self.words.drain(at - 1..=at);
        self
    }

    fn start(&self) -> Running {
        Running::spawn(Command::new(&self.words[0]).args(&self.words[1..]))
    }

    fn answers(self) {
        let machine = self.start();
        machine.wait_for("tcp port 80 is at ");
        let url = format!("http://127.0.0.1:{}/", self.port);
        let page = client::run("curl", &["--silent", "--show-error", &url]);
        assert!(page.contains("It answers"), "{page}");
    }

    fn ends(self, status: i32, said: &str) {
        let (ended, lines) = self.start().end();
        assert_eq!(ended, status, "{lines:#?}");
        assert!(lines.iter().any(|line| line.contains(said)), "{lines:#?}");
    }
}

fn legacy_mmio_answers() {
    let line = Line::of(Place::Microvm);
    line.with(
        "virtio-mmio.force-legacy=false",
        "virtio-mmio.force-legacy=true",
    )
    .answers();
}

/// The devices are then on the kernel's command line only.
fn mmio_without_acpi_answers() {
    Line::of(Place::Microvm)
        .with("microvm", "microvm,acpi=off")
        .answers();
}

fn pci_without_legacy_answers() {
    let modern = "virtio-net-pci,netdev=net,disable-legacy=on";
    Line::of(Place::Q35)
        .with("virtio-net-pci,netdev=net", modern)
        .answers();
}

/// A processor of this model has no generator of random numbers.
fn entropy_of_the_device_is_enough() {
    Line::of(Place::Q35).with("max", "qemu64").answers();
}

fn no_entropy_is_refused() {
    let line = Line::of(Place::Microvm)
        .with("max", "qemu64")
        .without("virtio-rng");
    line.ends(
        1,
        "`random` did not start: the machine has no source of entropy",
    );
}

fn no_network_is_said() {
    let line = Line::of(Place::Q35).without("virtio-net").without("user,");
    line.ends(1, "`net` did not start: no virtio network device was found");
}

/// A machine that cannot say its status is reset, which ends QEMU with `-no-reboot`.
fn no_debug_exit_is_no_hang() {
    for place in Place::MACHINES {
        let line = Line::of(place)
            .without("isa-debug-exit")
            .without("virtio-net");
        line.without("user,").ends(0, "`net` did not start");
    }
}
