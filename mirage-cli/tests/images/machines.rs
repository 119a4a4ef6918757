//! Machines that differ from those that the tool starts: changed versions of the printed command line.

use crate::harness::{Line, Monitor, Runner, client, ports, trial};
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
            "machines::no_debug_exit_powers_off",
            no_debug_exit_powers_off,
        ),
        trial(
            "machines::a_reset_boots_the_image_again",
            a_reset_boots_the_image_again,
        ),
        trial("machines::memory_need_not_be_zero", memory_need_not_be_zero),
        trial("machines::an_iommu_may_be_there", an_iommu_may_be_there),
        trial(
            "machines::devices_of_an_expander_answer",
            devices_of_an_expander_answer,
        ),
        trial(
            "machines::devices_without_firmware_answer",
            devices_without_firmware_answer,
        ),
        trial(
            "machines::a_bridge_without_firmware_is_said",
            a_bridge_without_firmware_is_said,
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
    page(port);
}

/// Expects the page of `http` at a host port.
fn page(port: u16) {
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

/// A machine that cannot report its status is powered off, not reset.
fn no_debug_exit_powers_off() {
    for runner in Runner::MACHINES {
        let (line, _) = http(runner);
        let line = line.without("isa-debug-exit").without("virtio-net");
        let line = line.without("user,").without_flag("-no-reboot");
        ends(&line, 0, "`net` did not start");
    }
}

/// A reset leaves memory as it is.
fn a_reset_boots_the_image_again() {
    for runner in Runner::MACHINES {
        let monitor = Monitor::new();
        let (line, port) = http(runner);
        let line = line.without_flag("-no-reboot");
        let machine = line.and("-qmp", &monitor.option()).start();
        for boot in 1..=3 {
            machine.wait_for_several("tcp port 80 is at ", boot);
            page(port);
            if boot < 3 {
                monitor.reset();
            }
        }
    }
}

/// All memory has a pattern before the boot.
fn memory_need_not_be_zero() {
    const MEMORY: usize = 64 << 20;
    for (runner, name) in Runner::MACHINES.into_iter().zip(["q35", "microvm"]) {
        let folder = tempfile::tempdir().expect("a folder");
        let memory = folder.path().join("memory");
        std::fs::write(&memory, vec![0xa5; MEMORY]).expect("a file");
        let file = format!(
            "memory-backend-file,id=memory,size=64M,mem-path={}",
            memory.display()
        );
        let (line, port) = http(runner);
        let line = line.with(name, &format!("{name},memory-backend=memory"));
        let machine = line.and("-object", &file).start();
        machine.wait_for("tcp port 80 is at ");
        page(port);
    }
}

/// Devices then use the platform's addresses, which are the driver's while nobody enables the IOMMU.
fn an_iommu_may_be_there() {
    let modern = "netdev=net,disable-legacy=on,iommu_platform=on";
    for iommu in ["", "intel-iommu", "virtio-iommu-pci"] {
        answers(Runner::Q35, |line| {
            let line = line.with(
                "virtio-net-pci,netdev=net",
                &format!("virtio-net-pci,{modern}"),
            );
            match iommu {
                "" => line,
                iommu => line.and("-device", iommu),
            }
        });
    }
}

/// They are on a root bus beside bus 0.
fn devices_of_an_expander_answer() {
    answers(Runner::Q35, |line| {
        let line = line.without("virtio-net-pci,netdev=net");
        line.and("-device", "pxb-pcie,id=expander,bus_nr=8,bus=pcie.0")
            .and("-device", "pcie-root-port,id=below,bus=expander,chassis=1")
            .and("-device", "virtio-net-pci,netdev=net,bus=below")
    });
}

/// The firmware of microvm leaves PCI as it is.
fn devices_without_firmware_answer() {
    answers(Runner::Microvm, |line| {
        line.with("microvm", "microvm,pcie=on")
            .with("virtio-net-device,netdev=net", "virtio-net-pci,netdev=net")
            .with("virtio-rng-device", "virtio-rng-pci")
    });
}

fn a_bridge_without_firmware_is_said() {
    let (line, _) = http(Runner::Microvm);
    let line = line
        .with("microvm", "microvm,pcie=on")
        .without("virtio-net-device,netdev=net");
    let line = line.and("-device", "pcie-root-port,id=below,chassis=1");
    let line = line.and("-device", "virtio-net-pci,netdev=net,bus=below");
    let (status, lines) = line.start().end();
    assert_eq!(status, 1, "{lines:#?}");
    for expected in [
        "devices behind the PCI bridge 00:01.0 are not found: no firmware has numbered its bus",
        "`net` did not start: no virtio network device was found",
    ] {
        let found = lines.iter().any(|line| line.contains(expected));
        assert!(found, "{lines:#?}");
    }
}
