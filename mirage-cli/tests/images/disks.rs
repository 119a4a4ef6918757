//! Disks: their contents persist, and each is found by its name.

use crate::harness::{Runner, Running, build, client, tool, trial, trials};
use libtest_mimic::Trial;
use std::{fs, path::Path, process::Command};
use tempfile::TempDir;

/// The tests.
pub fn list() -> Vec<Trial> {
    let everywhere = trials(
        &Runner::ALL,
        [
            ("disks::boots_are_counted", boots_are_counted),
            (
                "disks::each_is_the_one_of_its_name",
                each_is_the_one_of_its_name,
            ),
            (
                "disks::a_disk_that_is_too_small_is_refused",
                a_disk_that_is_too_small_is_refused,
            ),
            (
                "disks::a_disk_without_a_file_is_said",
                a_disk_without_a_file_is_said,
            ),
        ],
    );
    let booted = trials(
        &Runner::MACHINES,
        [(
            "disks::the_order_of_devices_is_nothing",
            the_order_of_devices_is_nothing,
        )],
    );
    let unix = [trial(
        "disks::a_read_only_mount_is_a_disk_to_read",
        a_read_only_mount_is_a_disk_to_read,
    )];
    let tender = trials(
        &[Runner::Unix, Runner::Spt],
        [(
            "disks::a_file_has_one_user_at_a_time",
            a_file_has_one_user_at_a_time as fn(Runner),
        )],
    );
    everywhere.chain(booted).chain(unix).chain(tender).collect()
}

fn boots_are_counted(runner: Runner) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = file(&folder, "record", "", 64 << 10);
    let option = format!("file={path}");
    for boot in 1..=3 {
        let running = Running::with_options("boots", runner, &[], &["--block", &option]);
        let (status, lines) = running.end();
        let expected = format!("boot {boot}");
        assert!(
            lines.iter().any(|line| line.trim_end() == expected),
            "{lines:?}"
        );
        assert_eq!(status, 0, "{lines:?}");
    }
}

/// In a mount namespace of its own.
fn a_read_only_mount_is_a_disk_to_read() {
    build("boots", Runner::Unix.target());
    let folder = tempfile::tempdir().expect("a folder");
    let path = file(&folder, "record", "", 64 << 10);
    let mount = "mount --bind \"$0\" \"$0\" && mount -o remount,bind,ro \"$0\" && exec \"$@\"";
    let tool = tool();
    let mut command = Command::new("unshare");
    if !rustix::process::geteuid().is_root() {
        command.arg("--map-root-user");
    }
    command
        .args(["--mount", "sh", "-c", mount])
        .arg(folder.path());
    command.arg(tool.get_program());
    command.current_dir(tool.get_current_dir().expect("the repository"));
    command.args(["run", "boots", "--block", &format!("file={path}")]);
    let (status, lines) = Running::spawn(&mut command).end();
    assert_eq!(status, 1, "{lines:?}");
    let is_said = lines
        .iter()
        .any(|line| line.contains("the disk can only be read"));
    assert!(is_said, "{lines:?}");
}

/// Whoever has the file open excludes the unikernel.
fn a_file_has_one_user_at_a_time(runner: Runner) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = file(&folder, "record", "", 64 << 10);
    let first = fs::File::open(&path).expect("the file");
    first.lock().expect("a lock");
    let option = format!("file={path}");
    let (status, lines) = Running::with_options("boots", runner, &[], &["--block", &option]).end();
    assert_ne!(status, 0, "{lines:?}");
    let who = format!("({}) uses it", std::process::id());
    let is_said = lines.iter().any(|line| line.contains(&who));
    assert!(is_said, "no `{who}` in {lines:?}");
}

/// Creates a file of `size` bytes that begins with `text`.
fn file(folder: &TempDir, name: &str, text: &str, size: u64) -> String {
    let path = folder.path().join(name);
    fs::write(&path, text).expect("a file");
    let file = fs::OpenOptions::new().write(true).open(&path);
    file.and_then(|file| file.set_len(size)).expect("a size");
    path.to_str().expect("a name").into()
}

/// The options of `run` for the disks of the guest `disks`, the last first.
fn options(folder: &TempDir) -> [String; 4] {
    let journal = file(folder, "a,journal", "lines", 32 << 10);
    let data = file(folder, "data", "bytes", 1 << 20);
    [
        "--block".into(),
        format!("journal:file={journal}"),
        "--block".into(),
        format!("data:file={data}"),
    ]
}

fn each_is_the_one_of_its_name(runner: Runner) {
    let folder = tempfile::tempdir().expect("a folder");
    let options = options(&folder);
    let options: Vec<_> = options.iter().map(String::as_str).collect();
    check(
        Running::with_options("disks", runner, &[], &options),
        folder.path(),
    );
}

fn check(running: Running, folder: &Path) {
    let (status, lines) = running.end();
    for expected in [
        "data begins with bytes, has 2048 blocks",
        "journal begins with lines, has 64 blocks",
        "the same was read",
        "journal was written",
        "beyond the end: Err(OutOfRange)",
    ] {
        assert!(
            lines.iter().any(|line| line.trim_end() == expected),
            "{lines:#?}"
        );
    }
    assert_eq!(status, 0, "{lines:#?}");
    let data = fs::read(folder.join("data")).expect("the disk");
    assert_eq!(data[1024..1028], [0, 0, 0, 1]);
    let journal = fs::read(folder.join("a,journal")).expect("the disk");
    assert_eq!(journal[..5], [0; 5]);
}

/// Swaps the devices on QEMU's command line, and their ids.
fn the_order_of_devices_is_nothing(runner: Runner) {
    build("disks", runner.target());
    let folder = tempfile::tempdir().expect("a folder");
    let mut dry = tool();
    dry.args(["run", "disks", "--dry-run"])
        .args(runner.arguments("disks"));
    let line = client::output(dry.args(options(&folder)));
    let swapped = line
        .replace("serial=data", "serial=other")
        .replace("serial=journal", "serial=data")
        .replace("serial=other", "serial=journal")
        .replace("id=data", "id=other")
        .replace("id=journal", "id=data")
        .replace("id=other", "id=journal");
    assert_ne!(swapped, line);
    let running = Running::spawn(Command::new("sh").args(["-c", swapped.trim()]));
    check(running, folder.path());
}

fn a_disk_that_is_too_small_is_refused(runner: Runner) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = file(&folder, "record", "", 32 << 10);
    let option = format!("file={path}");
    let running = Running::with_options("boots", runner, &[], &["--block", &option]);
    let (status, lines) = running.end();
    let cause = "error: `record` did not start: the disk has 32KiB, but at least 64KiB is required";
    assert!(
        lines.iter().any(|line| line.trim_end() == cause),
        "{lines:?}"
    );
    assert_eq!(status, 1, "{lines:?}");
}

fn a_disk_without_a_file_is_said(runner: Runner) {
    build("disks", runner.target());
    let mut command = tool();
    let (status, lines) = Running::spawn(
        command
            .args(["run", "disks"])
            .args(runner.arguments("disks")),
    )
    .end();
    let is_printed = |text: &str| lines.iter().any(|line| line.contains(text));
    assert!(is_printed("--block journal:file=PATH"), "{lines:?}");
    assert_ne!(status, 0, "{lines:?}");
}
