//! Machines that are restored from a snapshot.

use crate::harness::{Line, Monitor, Runner, trial};
use libtest_mimic::Trial;
use std::path::Path;

/// The tests.
pub fn list() -> Vec<Trial> {
    vec![
        trial(
            "snapshot::copies_draw_other_numbers",
            copies_draw_other_numbers,
        ),
        trial(
            "snapshot::a_generation_without_other_entropy_is_enough",
            a_generation_without_other_entropy_is_enough,
        ),
    ]
}

fn clock() -> Line {
    let line = Line::for_package("clock", Runner::Q35, &[]);
    line.and("-device", "vmgenid,guid=auto")
}

fn copies_draw_other_numbers() {
    let numbers = numbers_of_copies(clock);
    assert_ne!(numbers[0][0], numbers[1][0]);
    assert_ne!(numbers[0][1], numbers[1][1]);
}

/// The processor has no generator, and the entropy device always returns the same bytes.
fn a_generation_without_other_entropy_is_enough() {
    let machine = || {
        let line = clock().with("max", "qemu64").without("virtio-rng");
        line.and("-object", "rng-random,id=zero,filename=/dev/zero")
            .and("-device", "virtio-rng-pci,rng=zero")
    };
    let numbers = numbers_of_copies(machine);
    assert_ne!(numbers[0][0], numbers[1][0]);
    assert_ne!(numbers[0][1], numbers[1][1]);
}

/// Saves the machine after its first tick, and returns the numbers of the second and the third tick of two
/// machines that are restored from there.
fn numbers_of_copies(machine: impl Fn() -> Line) -> [[String; 2]; 2] {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("snapshot");
    let monitor = Monitor::new();
    let original = machine().and("-qmp", &monitor.option()).start();
    original.wait_for("tick 1 at ");
    monitor.pause();
    monitor.save(&file);
    drop(original);
    [(); 2].map(|()| numbers_of_copy(machine(), &file))
}

fn numbers_of_copy(machine: Line, file: &Path) -> [String; 2] {
    let monitor = Monitor::new();
    let restore = format!("exec:cat<{}", file.display());
    let machine = machine
        .and("-incoming", &restore)
        .and("-qmp", &monitor.option());
    let copy = machine.start();
    monitor.wait_until_restored();
    monitor.resume();
    [2, 3].map(|tick| {
        let line = copy.wait_for(&format!("tick {tick} at "));
        let (_, number) = line.split_once("random ").expect("a random number");
        number.to_owned()
    })
}
