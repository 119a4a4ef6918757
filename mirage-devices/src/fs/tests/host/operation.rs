//! Arbitrary operations.

use super::SLOTS;
use crate::fs::{OpenOptions, SeekFrom};
use alloc::{string::String, vec};
use proptest::{collection, prelude::*, sample::select};
use rustix::fs::OFlags;

/// An operation on files. The first number of some is the slot of an open file.
#[derive(Debug, Clone)]
pub enum Operation {
    Open(usize, String, OpenOptions),
    Close(usize),
    Read(usize, usize),
    ReadAt(usize, u64, usize),
    Write(usize, usize, u8),
    WriteAt(usize, u64, usize, u8),
    Seek(usize, SeekFrom, i64),
    SetLength(usize, u64),
    OpenMetadata(usize),
    Metadata(String),
    MakeDirectory(String),
    RemoveFile(String),
    RemoveDirectory(String),
    Rename(String, String),
    List(String),
}

impl Operation {
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Open(..) => "open",
            Self::Close(..) => "close",
            Self::Read(..) | Self::ReadAt(..) => "read",
            Self::Write(..) | Self::WriteAt(..) => "write",
            Self::Seek(..) => "seek",
            Self::SetLength(..) => "set_length",
            Self::OpenMetadata(..) | Self::Metadata(..) => "metadata",
            Self::MakeDirectory(..) => "make_directory",
            Self::RemoveFile(..) => "remove_file",
            Self::RemoveDirectory(..) => "remove_directory",
            Self::Rename(..) => "rename",
            Self::List(..) => "list",
        }
    }
}

pub fn operations() -> impl Strategy<Value = Operation> {
    let slot = || 0..SLOTS;
    let count = || prop_oneof![4 => 0..200usize, 1 => 4_000..9_000usize];
    let offset = || prop_oneof![3 => 0..300u64, 1 => 4_000..20_000u64];
    let from = select(&[SeekFrom::Start, SeekFrom::Current, SeekFrom::End][..]);
    prop_oneof![
        14 => (slot(), path(), options()).prop_map(|(slot, path, options)| {
            Operation::Open(slot, path, options)
        }),
        1 => slot().prop_map(Operation::Close),
        3 => (slot(), count()).prop_map(|(slot, count)| Operation::Read(slot, count)),
        2 => (slot(), offset(), count()).prop_map(|(slot, offset, count)| {
            Operation::ReadAt(slot, offset, count)
        }),
        4 => (slot(), count(), any::<u8>()).prop_map(|(slot, count, seed)| {
            Operation::Write(slot, count, seed)
        }),
        2 => (slot(), offset(), count(), any::<u8>()).prop_map(|(slot, offset, count, seed)| {
            Operation::WriteAt(slot, offset, count, seed)
        }),
        2 => (slot(), from, -300..9_000i64).prop_map(|(slot, from, offset)| {
            Operation::Seek(slot, from, offset)
        }),
        2 => (slot(), offset()).prop_map(|(slot, length)| Operation::SetLength(slot, length)),
        2 => slot().prop_map(Operation::OpenMetadata),
        2 => path().prop_map(Operation::Metadata),
        6 => path().prop_map(Operation::MakeDirectory),
        2 => path().prop_map(Operation::RemoveFile),
        2 => path().prop_map(Operation::RemoveDirectory),
        6 => (path(), path()).prop_map(|(from, to)| Operation::Rename(from, to)),
        3 => path().prop_map(Operation::List),
    ]
}

fn options() -> impl Strategy<Value = OpenOptions> {
    let access = select(&[(true, false), (false, true), (true, true)][..]);
    let flags = (0..4u8, 0..6u8, 0..4u8, 0..8u8);
    (access, flags).prop_map(|((read, write), (create, exclusive, truncate, rest))| {
        OpenOptions {
            read,
            write,
            create: create > 0,
            exclusive: exclusive == 0,
            truncate: truncate == 0,
            append: rest == 0,
            // With `create`, what Linux does depends on its version.
            directory: rest == 1 && create == 0,
            permissions: 0o644,
        }
    })
}

/// A relative path that does not leave the directory where it starts.
fn path() -> impl Strategy<Value = String> {
    let component = prop_oneof![
        12 => select(&["a", "b", "c", "d"][..]),
        1 => Just("."),
        1 => Just(".."),
    ];
    let count = prop_oneof![6 => Just(1usize), 5 => Just(2), 3 => Just(3), 1 => Just(5)];
    let component = component.boxed();
    let components = count.prop_flat_map(move |count| collection::vec(component.clone(), count));
    let slashes = (
        select(&["/", "/", "/", "//"][..]),
        select(&["", "", "", "/", "//"][..]),
    );
    let ordinary = (components, slashes).prop_map(|(components, (between, after))| {
        let mut depth = 0i32;
        let mut kept = alloc::vec::Vec::new();
        for component in components {
            let change = match component {
                "." => 0,
                ".." => -1,
                _ => 1,
            };
            if depth + change >= 0 {
                depth += change;
                kept.push(component);
            }
        }
        if kept.is_empty() {
            kept.push("a");
        }
        let mut path = kept.join(between);
        path.push_str(after);
        path
    });
    prop_oneof![
        60 => ordinary,
        1 => Just(String::new()),
        1 => Just("x".repeat(255)),
        1 => Just("x".repeat(256)),
        1 => Just("./".repeat(2047) + "a"),
        1 => Just("./".repeat(2047) + "aa"),
    ]
}

pub fn flags(options: &OpenOptions) -> OFlags {
    let mut flags = match (options.read, options.write) {
        (true, true) => OFlags::RDWR,
        (false, true) => OFlags::WRONLY,
        _ => OFlags::RDONLY,
    };
    flags.set(OFlags::CREATE, options.create);
    flags.set(OFlags::EXCL, options.exclusive);
    flags.set(OFlags::TRUNC, options.truncate);
    flags.set(OFlags::APPEND, options.append);
    flags.set(OFlags::DIRECTORY, options.directory);
    flags
}
