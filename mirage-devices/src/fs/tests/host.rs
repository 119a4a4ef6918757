//! The same operations on files in memory and on the host's file system have the same results.

mod operation;
mod outcome;

use super::{HERE, now};
use crate::fs::{
    DirectoryStream, FileError, FileKind, MemoryFiles, Metadata, MountTable, OpenFile, SeekFrom,
};
use alloc::{rc::Rc, string::String, vec::Vec};
use operation::{Operation, operations};
use outcome::{Outcome, Stat, pattern};
use proptest::prelude::*;
use rustix::{
    fd::{AsFd, OwnedFd},
    fs::{self, AtFlags, Dir, FileType, Mode, OFlags},
    io,
};

/// How many files are open at once.
const SLOTS: usize = 2;

proptest! {
    #[test]
    fn memory_behaves_as_the_host(operations in proptest::collection::vec(operations(), 1..100)) {
        let directory = tempfile::tempdir().unwrap();
        let root = fs::open(directory.path(), OFlags::DIRECTORY, Mode::empty()).unwrap();
        let mut host = Host { root, open: Default::default() };
        let memory = Rc::new(MemoryFiles::new(1 << 24, now, |_| ()).unwrap());
        let empty = memory.used();
        let mounted: Rc<MemoryFiles> = Rc::clone(&memory);
        let mut guest = Guest {
            table: MountTable::new(mounted).unwrap(),
            open: Default::default(),
        };
        for (index, operation) in operations.iter().enumerate() {
            let (expected, actual) = (host.run(operation), guest.run(operation));
            prop_assert_eq!(expected, actual, "operation {} of {:#?}", index, operations);
        }
        guest.open = Default::default();
        remove_all(&guest.table, "/");
        prop_assert_eq!(memory.used(), empty, "memory is lost");
    }
}

/// What happens most must happen: otherwise the comparison compares errors.
#[test]
fn most_kinds_of_outcomes_occur() {
    use proptest::{strategy::ValueTree, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let mut seen = std::collections::BTreeMap::<String, usize>::new();
    for _ in 0..400 {
        let sequence = proptest::collection::vec(operations(), 100);
        let sequence = sequence.new_tree(&mut runner).unwrap().current();
        let memory = Rc::new(MemoryFiles::new(1 << 24, now, |_| ()).unwrap());
        let mut guest = Guest {
            table: MountTable::new(memory).unwrap(),
            open: Default::default(),
        };
        for operation in &sequence {
            let outcome = match guest.run(operation) {
                Err(errno) => std::format!("{} {errno}", operation.name()),
                Ok(_) => std::format!("{} ok", operation.name()),
            };
            *seen.entry(outcome).or_default() += 1;
        }
    }
    for expected in [
        "open ok",
        "read ok",
        "write ok",
        "seek ok",
        "list ok",
        "rename ok",
        "remove_directory ok",
        "remove_file ok",
        "set_length ok",
        "rename 39",
        "rename 22",
        "rename 20",
        "rename 21",
        "remove_directory 39",
        "open 17",
        "open 20",
        "open 21",
        "read 9",
        "write 9",
    ] {
        let count = seen.get(expected).copied().unwrap_or_default();
        assert!(count >= 3, "{expected}: {count} times of {seen:#?}");
    }
}

fn remove_all(table: &MountTable, path: &str) {
    for name in super::names(table, path).unwrap() {
        if name == "." || name == ".." {
            continue;
        }
        let path = std::format!("{path}/{name}");
        if table.remove_file(HERE, path.as_bytes()) == Err(FileError::IsADirectory) {
            remove_all(table, &path);
            table.remove_directory(HERE, path.as_bytes()).unwrap();
        }
    }
}

struct Guest {
    table: MountTable,
    open: [Option<OpenFile>; SLOTS],
}

impl Guest {
    fn run(&mut self, operation: &Operation) -> Outcome {
        self.result(operation).map_err(FileError::errno)
    }

    fn result(&mut self, operation: &Operation) -> Result<outcome::Value, FileError> {
        let table = &self.table;
        let file = |slot: usize| self.open[slot].as_ref().ok_or(FileError::NotOpenForThis);
        match operation {
            Operation::Open(slot, path, options) => {
                self.open[*slot] = None;
                self.open[*slot] = Some(table.open(HERE, path.as_bytes(), options)?);
            }
            Operation::Close(slot) => self.open[*slot] = None,
            Operation::Read(slot, count) => {
                let mut buffer = alloc::vec![0; *count];
                let count = file(*slot)?.read(&mut buffer)?;
                buffer.truncate(count);
                return Ok(outcome::Value::Bytes(buffer));
            }
            Operation::ReadAt(slot, offset, count) => {
                let mut buffer = alloc::vec![0; *count];
                let count = file(*slot)?.read_at(*offset, &mut buffer)?;
                buffer.truncate(count);
                return Ok(outcome::Value::Bytes(buffer));
            }
            Operation::Write(slot, count, seed) => {
                let count = file(*slot)?.write(&pattern(*count, *seed))?;
                return Ok(outcome::Value::Number(count as u64));
            }
            Operation::WriteAt(slot, offset, count, seed) => {
                let count = file(*slot)?.write_at(*offset, &pattern(*count, *seed))?;
                return Ok(outcome::Value::Number(count as u64));
            }
            Operation::Seek(slot, from, offset) => {
                let file = file(*slot)?;
                if file.metadata()?.kind == FileKind::Directory {
                    return Ok(outcome::Value::Nothing);
                }
                return Ok(outcome::Value::Number(file.seek(*from, *offset)?));
            }
            Operation::SetLength(slot, length) => file(*slot)?.set_length(*length)?,
            Operation::OpenMetadata(slot) => {
                return Ok(outcome::Value::Stat(stat(&file(*slot)?.metadata()?)));
            }
            Operation::Metadata(path) => {
                let metadata = table.metadata(HERE, path.as_bytes())?;
                return Ok(outcome::Value::Stat(stat(&metadata)));
            }
            Operation::MakeDirectory(path) => {
                table.make_directory(HERE, path.as_bytes(), 0o755)?;
            }
            Operation::RemoveFile(path) => table.remove_file(HERE, path.as_bytes())?,
            Operation::RemoveDirectory(path) => table.remove_directory(HERE, path.as_bytes())?,
            Operation::Rename(from, to) => {
                table.rename((HERE, from.as_bytes()), (HERE, to.as_bytes()))?;
            }
            Operation::List(path) => {
                let directory = super::open(table, path)?;
                let mut stream = DirectoryStream::new();
                let mut names = Vec::new();
                while let Some(entry) = stream.next(table, &directory)? {
                    let is_directory = entry.kind == FileKind::Directory;
                    names.push((entry.name.to_vec(), is_directory));
                }
                names.sort();
                return Ok(outcome::Value::Entries(names));
            }
        }
        Ok(outcome::Value::Nothing)
    }
}

fn stat(metadata: &Metadata) -> Stat {
    match metadata.kind {
        FileKind::Directory => Stat::Directory,
        _ => Stat::File {
            length: metadata.length,
            links: metadata.links.into(),
        },
    }
}

struct Host {
    root: OwnedFd,
    open: [Option<OwnedFd>; SLOTS],
}

impl Host {
    fn run(&mut self, operation: &Operation) -> Outcome {
        self.result(operation).map_err(io::Errno::raw_os_error)
    }

    fn result(&mut self, operation: &Operation) -> Result<outcome::Value, io::Errno> {
        let root = self.root.as_fd();
        let file = |slot: usize| self.open[slot].as_ref().ok_or(io::Errno::BADF);
        match operation {
            Operation::Open(slot, path, options) => {
                self.open[*slot] = None;
                let mode = Mode::from_raw_mode(options.permissions.into());
                let flags = operation::flags(options);
                self.open[*slot] = Some(fs::openat(root, path.as_str(), flags, mode)?);
            }
            Operation::Close(slot) => self.open[*slot] = None,
            Operation::Read(slot, count) => {
                let mut buffer = alloc::vec![0; *count];
                let count = io::read(file(*slot)?, &mut buffer)?;
                buffer.truncate(count);
                return Ok(outcome::Value::Bytes(buffer));
            }
            Operation::ReadAt(slot, offset, count) => {
                let mut buffer = alloc::vec![0; *count];
                let count = io::pread(file(*slot)?, &mut buffer, *offset)?;
                buffer.truncate(count);
                return Ok(outcome::Value::Bytes(buffer));
            }
            Operation::Write(slot, count, seed) => {
                let count = io::write(file(*slot)?, &pattern(*count, *seed))?;
                return Ok(outcome::Value::Number(count as u64));
            }
            Operation::WriteAt(slot, offset, count, seed) => {
                let count = io::pwrite(file(*slot)?, &pattern(*count, *seed), *offset)?;
                return Ok(outcome::Value::Number(count as u64));
            }
            Operation::Seek(slot, from, offset) => {
                let file = file(*slot)?;
                // Hosts differ in the positions of directories.
                if FileType::from_raw_mode(fs::fstat(file)?.st_mode).is_dir() {
                    return Ok(outcome::Value::Nothing);
                }
                let from = match from {
                    SeekFrom::Start => fs::SeekFrom::Start(*offset as u64),
                    SeekFrom::Current => fs::SeekFrom::Current(*offset),
                    SeekFrom::End => fs::SeekFrom::End(*offset),
                };
                return Ok(outcome::Value::Number(fs::seek(file, from)?));
            }
            Operation::SetLength(slot, length) => fs::ftruncate(file(*slot)?, *length)?,
            Operation::OpenMetadata(slot) => {
                return Ok(outcome::Value::Stat(host_stat(&fs::fstat(file(*slot)?)?)));
            }
            Operation::Metadata(path) => {
                let metadata = fs::statat(root, path.as_str(), AtFlags::empty())?;
                return Ok(outcome::Value::Stat(host_stat(&metadata)));
            }
            Operation::MakeDirectory(path) => {
                fs::mkdirat(root, path.as_str(), Mode::from_raw_mode(0o755))?;
            }
            Operation::RemoveFile(path) => fs::unlinkat(root, path.as_str(), AtFlags::empty())?,
            Operation::RemoveDirectory(path) => {
                fs::unlinkat(root, path.as_str(), AtFlags::REMOVEDIR)?;
            }
            Operation::Rename(from, to) => fs::renameat(root, from.as_str(), root, to.as_str())?,
            Operation::List(path) => {
                let directory = fs::openat(root, path.as_str(), OFlags::RDONLY, Mode::empty())?;
                let mut names = Vec::new();
                for entry in Dir::read_from(directory)? {
                    let entry = entry?;
                    let name = entry.file_name().to_bytes().to_vec();
                    names.push((name, entry.file_type().is_dir()));
                }
                names.sort();
                return Ok(outcome::Value::Entries(names));
            }
        }
        Ok(outcome::Value::Nothing)
    }
}

fn host_stat(metadata: &fs::Stat) -> Stat {
    if FileType::from_raw_mode(metadata.st_mode).is_dir() {
        return Stat::Directory;
    }
    Stat::File {
        length: metadata.st_size as u64,
        links: metadata.st_nlink,
    }
}
