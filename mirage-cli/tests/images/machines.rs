//! Machines that differ from those that the tool starts: changed versions of the printed command line.

use crate::harness::{Line, Runner, client, ports, trial};
use libtest_mimic::Trial;

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
        trial("machines::no_entropy_is_refused", no_entropy_is_refused),
        trial("machines::no_rdrand_is_refused", no_rdrand_is_refused),
        trial(
            "machines::a_tender_without_a_ring_is_enough",
            a_tender_without_a_ring_is_enough,
        ),
        trial("machines::no_network_is_said", no_network_is_said),
        trial(
            "machines::no_debug_exit_is_no_hang",
            no_debug_exit_is_no_hang,
        ),
    ]
}

/// The command line that the tool prints for `http`, and the host port that is forwarded to port 80.
fn http(runner: Runner) -> (Line, u16) {
    let port = ports::free();
    let line = Line::publishing("http", runner, &[(port, 80)]);
    (line, port)
}

fn answers(runner: Runner, change: impl FnOnce(Line) -> Line) {
    let (line, port) = http(runner);
    let machine = change(line).start();
    machine.wait_for("tcp port 80 is at ");
    let url = format!("http://127.0.0.1:{port}/");
    let page = client::run("curl", &["--silent", "--show-error", &url]);
    assert!(page.contains("It answers"), "{page}");
}

fn ends(line: &Line, status: i32, expected: &str) {
    let (ended, lines) = line.start().end();
    assert_eq!(ended, status, "{lines:#?}");
    assert!(
        lines.iter().any(|line| line.contains(expected)),
        "{lines:#?}"
    );
}

fn legacy_mmio_answers() {
    answers(Runner::Microvm, |line| {
        line.with(
            "virtio-mmio.force-legacy=false",
            "virtio-mmio.force-legacy=true",
        )
    });
}

/// The devices are then found only through the kernel's command line.
fn mmio_without_acpi_answers() {
    answers(Runner::Microvm, |line| {
        line.with("microvm", "microvm,acpi=off")
    });
}

fn pci_without_legacy_answers() {
    let modern = "virtio-net-pci,netdev=net,disable-legacy=on";
    answers(Runner::Q35, |line| {
        line.with("virtio-net-pci,netdev=net", modern)
    });
}

/// This processor model has no random generator.
fn entropy_of_the_device_is_enough() {
    answers(Runner::Q35, |line| line.with("max", "qemu64"));
}

fn no_entropy_is_refused() {
    let (line, _) = http(Runner::Microvm);
    ends(
        &line.with("max", "qemu64").without("virtio-rng"),
        1,
        "`random` did not start: the machine has no source of entropy",
    );
}

/// On `hvt` there is no other source of entropy.
fn no_rdrand_is_refused() {
    let (line, _) = http(Runner::Hvt);
    ends(
        &line.first("--x-cpu=qemu64"),
        1,
        "`random` did not start: the machine has no source of entropy: the processor has no RDRAND",
    );
}

/// Tenders before Solo5 0.11 have no ring, and no field for it in the boot information.
fn a_tender_without_a_ring_is_enough() {
    answers(Runner::Hvt, |line| line.first("--x-before-rings"));
}

fn no_network_is_said() {
    let (line, _) = http(Runner::Q35);
    let line = line.without("virtio-net").without("user,");
    ends(
        &line,
        1,
        "`net` did not start: no virtio network device was found",
    );
}

/// A machine that cannot report its status is reset, which ends QEMU with `-no-reboot`.
fn no_debug_exit_is_no_hang() {
    for runner in Runner::MACHINES {
        let (line, _) = http(runner);
        let line = line.without("isa-debug-exit").without("virtio-net");
        ends(&line.without("user,"), 0, "`net` did not start");
    }
}
