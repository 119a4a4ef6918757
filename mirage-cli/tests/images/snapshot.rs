//! Machines that are restored from a snapshot.

use crate::harness::{Line, Monitor, Runner, trial};
use libtest_mimic::Trial;
use std::{fs, path::Path};

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
        trial(
            "snapshot::the_first_draw_of_a_copy_waits_for_the_device",
            the_first_draw_of_a_copy_waits_for_the_device,
        ),
    ]
}

/// The generation ID of each machine is another one.
const ANY: &str = "auto";

fn clock(generation: &str) -> Line {
    let line = Line::for_package("clock", Runner::Q35, &[]);
    line.and("-device", &format!("vmgenid,guid={generation}"))
}

/// A machine whose processor has no generator. Its entropy device returns what is in `source`.
fn clock_with(generation: &str, source: &Path) -> Line {
    let line = clock(generation)
        .with("max", "qemu64")
        .without("virtio-rng");
    let source = format!("rng-random,id=source,filename={}", source.display());
    line.and("-object", &source)
        .and("-device", "virtio-rng-pci,rng=source")
}

fn copies_draw_other_numbers() {
    let numbers = numbers_of_copies(clock(ANY), [clock(ANY), clock(ANY)]);
    assert_ne!(numbers[0][0], numbers[1][0]);
    assert_ne!(numbers[0][1], numbers[1][1]);
}

/// The processor has no generator, and the entropy device always returns the same bytes.
fn a_generation_without_other_entropy_is_enough() {
    let machine = || clock_with(ANY, Path::new("/dev/zero"));
    let numbers = numbers_of_copies(machine(), [machine(), machine()]);
    assert_ne!(numbers[0][0], numbers[1][0]);
    assert_ne!(numbers[0][1], numbers[1][1]);
}

/// Both copies have the same generation ID: their first numbers differ by what the device answers to a request of
/// that draw.
fn the_first_draw_of_a_copy_waits_for_the_device() {
    const FIRST: &str = "3c9b7a52-0d6f-4f0e-9a53-6d2f0c1b8e01";
    const SECOND: &str = "3c9b7a52-0d6f-4f0e-9a53-6d2f0c1b8e02";
    let folder = tempfile::tempdir().expect("a folder");
    let copy = |byte: u8| {
        let source = folder.path().join(byte.to_string());
        fs::write(&source, vec![byte; 1 << 20]).expect("a file");
        clock_with(SECOND, &source)
    };
    let original = || clock_with(FIRST, Path::new("/dev/zero"));
    let numbers = numbers_of_copies(original(), [copy(1), copy(1)]);
    assert_eq!(numbers[0], numbers[1], "nothing else differs");
    let numbers = numbers_of_copies(original(), [copy(1), copy(2)]);
    assert_ne!(numbers[0][0], numbers[1][0]);
}

/// Saves `original` after its first tick, and returns the numbers of the second and the third tick of two
/// machines that are restored from there.
fn numbers_of_copies(original: Line, copies: [Line; 2]) -> [[String; 2]; 2] {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("snapshot");
    let monitor = Monitor::new();
    let original = original.and("-qmp", &monitor.option()).start();
    original.wait_for("tick 1 at ");
    monitor.pause();
    monitor.save(&file);
    drop(original);
    copies.map(|copy| numbers_of_copy(copy, &file))
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
