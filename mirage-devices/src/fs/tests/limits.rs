//! The limit of files in memory.

use super::{CREATE, HERE, contents, now, open, unikernel};
use crate::fs::{FileError, FileSystem, MemoryFiles, OpenOptions};
use core::sync::atomic::{AtomicU64, Ordering};

/// What the limit counts for a file beside its name and its pages.
const FILE: u64 = 256;
const PAGE: u64 = 4096;

#[test]
fn a_write_beyond_the_limit_writes_what_there_is_room_for() {
    let (table, memory) = unikernel(FILE + 1 + 2 * PAGE);
    let file = table.open(HERE, b"/tmp/f", &CREATE).unwrap();
    let bytes = [5; 3 * PAGE as usize];
    assert_eq!(file.write(&bytes), Ok(2 * PAGE as usize));
    assert_eq!(file.write(&bytes), Err(FileError::NoSpace));
    assert_eq!(contents(&table, "/tmp/f").unwrap(), bytes[..8192]);
    // What has a page can be written again.
    assert_eq!(file.write_at(100, &[6; 4]), Ok(4));
    assert_eq!(memory.used(), FILE + 1 + 2 * PAGE);
    // Cutting the file makes room.
    file.set_length(PAGE).unwrap();
    assert_eq!(file.write_at(PAGE, &bytes), Ok(PAGE as usize));
}

#[test]
fn a_full_file_system_says_its_limit() {
    static FULL: AtomicU64 = AtomicU64::new(0);
    let when_full = |limit| FULL.store(limit, Ordering::Relaxed);
    let memory = MemoryFiles::new(FILE + 4, now, when_full).unwrap();
    let root = memory.root();
    memory.create(root, b"1234", 0o644).unwrap();
    assert_eq!(FULL.load(Ordering::Relaxed), 0);
    let refused = memory.create(root, b"5", 0o644);
    assert_eq!(refused.map(drop), Err(FileError::NoSpace));
    assert_eq!(FULL.load(Ordering::Relaxed), FILE + 4);
}

#[test]
fn a_hole_takes_no_memory_until_it_is_written() {
    let (table, memory) = unikernel(FILE + 1 + PAGE);
    let file = table.open(HERE, b"/tmp/f", &CREATE).unwrap();
    file.set_length(1 << 40).unwrap();
    assert_eq!(file.write_at((1 << 40) - 1, &[1]), Ok(1));
    let mut bytes = [7; 2];
    assert_eq!(file.read_at((1 << 40) - 2, &mut bytes), Ok(2));
    assert_eq!(bytes, [0, 1]);
    assert_eq!(file.write_at(0, &[1]), Err(FileError::NoSpace));
    assert_eq!(memory.used(), FILE + 1 + PAGE);
}

#[test]
fn a_file_that_cannot_be_created_leaves_nothing() {
    let (table, memory) = unikernel(FILE + 4);
    let refused = table.open(HERE, b"/tmp/12345", &CREATE);
    assert_eq!(refused.map(drop), Err(FileError::NoSpace));
    let refused = table.make_directory(HERE, b"/tmp/12345", 0o755);
    assert_eq!(refused, Err(FileError::NoSpace));
    assert_eq!(memory.used(), 0);
    drop(table.open(HERE, b"/tmp/1234", &CREATE).unwrap());
    let rename = table.rename((HERE, b"/tmp/1234"), (HERE, b"/tmp/12345"));
    assert_eq!(rename, Err(FileError::NoSpace));
    assert!(open(&table, "/tmp/1234").is_ok(), "the file is lost");
    table
        .rename((HERE, b"/tmp/1234"), (HERE, b"/tmp/1"))
        .unwrap();
    assert_eq!(memory.used(), FILE + 1);
}

#[test]
fn a_removed_file_takes_memory_until_it_is_closed() {
    let (table, memory) = unikernel(1 << 20);
    let file = table.open(HERE, b"/tmp/f", &CREATE).unwrap();
    file.write(&[1; 10]).unwrap();
    table.remove_file(HERE, b"/tmp/f").unwrap();
    assert_eq!(open(&table, "/tmp/f").map(drop), Err(FileError::NotFound));
    let mut bytes = [0; 20];
    assert_eq!(file.read_at(0, &mut bytes), Ok(10));
    assert_eq!(file.metadata().unwrap().links, 0);
    assert_eq!(memory.used(), PAGE);
    drop(file);
    assert_eq!(memory.used(), 0);
}

#[test]
fn a_number_of_a_removed_file_is_not_that_of_the_next() {
    let (table, _) = unikernel(1 << 20);
    let mut numbers = std::collections::BTreeSet::new();
    for _ in 0..100 {
        let file = table.open(HERE, b"/tmp/f", &CREATE).unwrap();
        assert!(numbers.insert(file.metadata().unwrap().inode.0));
        table.remove_file(HERE, b"/tmp/f").unwrap();
    }
}

#[test]
fn offsets_that_no_file_has_are_refused() {
    let (table, memory) = unikernel(1 << 20);
    let file = table.open(HERE, b"/tmp/f", &CREATE).unwrap();
    let end = i64::MAX as u64;
    assert_eq!(file.write_at(end, b"x"), Err(FileError::FileTooLarge));
    assert_eq!(file.write_at(end - 1, b"xy"), Ok(1));
    assert_eq!(file.write_at(end + 1, b"x"), Err(FileError::InvalidInput));
    assert_eq!(file.set_length(end + 1), Err(FileError::FileTooLarge));
    assert_eq!(file.read_at(end - 1, &mut [0; 2]), Ok(1));
    file.set_length(0).unwrap();
    assert_eq!(memory.used(), FILE + 1);
    let append = OpenOptions {
        append: true,
        ..CREATE
    };
    file.set_length(end).unwrap();
    let file = table.open(HERE, b"/tmp/f", &append).unwrap();
    assert_eq!(file.write(b"x"), Err(FileError::FileTooLarge));
}
