//! Images that a tender refuses, each for one thing, and two that it runs.

use crate::elf::{Elf, Part, R, W, X, abi, manifest, put};
use std::{fs, path::Path};

/// Ends with status 0: `mov edi, 0; mov eax, 231; syscall`.
const EXIT: &[u8] = &[0xbf, 0, 0, 0, 0, 0xb8, 231, 0, 0, 0, 0x0f, 0x05];

/// An image by its name, and what makes it so.
type Image = (&'static str, fn(&mut Elf));

const IMAGES: &[Image] = &[
    ("good", |_| {}),
    ("has-devices", |elf| {
        elf.parts[1].bytes = manifest(&[("service", 2), ("storage", 1)]);
    }),
    ("no-program-headers", |elf| elf.parts.clear()),
    ("entry", |elf| elf.entry = 0xf_ffff),
    ("low", |elf| elf.parts[2].address = 0xf_f000),
    ("alignment", |elf| elf.parts[2].alignment = 4097),
    ("page", |elf| elf.parts[2].alignment = 16),
    ("size", |elf| elf.parts[2].size = 3),
    ("large", |elf| elf.parts[3].size = 2 << 20),
    ("order", |elf| elf.parts.swap(2, 3)),
    ("write-execute", |elf| elf.parts[3].flags = R | W | X),
    ("note", |elf| elf.parts[0].bytes.truncate(11)),
    ("no-abi", |elf| drop(elf.parts.remove(0))),
    ("hvt", |elf| elf.parts[0].bytes = abi(1, 2)),
    ("unknown-abi", |elf| elf.parts[0].bytes = abi(7, 2)),
    ("old-abi", |elf| elf.parts[0].bytes = abi(2, 1)),
    ("no-manifest", |elf| drop(elf.parts.remove(1))),
    ("version", |elf| put(&mut elf.parts[1].bytes, 24, &[2])),
    ("many", |elf| {
        elf.parts[1].bytes = manifest(&[("x", 1); 64]);
    }),
    ("short", |elf| put(&mut elf.parts[1].bytes, 28, &[2])),
    ("first", |elf| put(&mut elf.parts[1].bytes, 32, b"first")),
    ("name", |elf| {
        elf.parts[1].bytes = manifest(&[("no-hyphen", 1)]);
    }),
    ("kind", |elf| {
        elf.parts[1].bytes = manifest(&[("service", 3)]);
    }),
    ("attached", |elf| {
        elf.parts[1].bytes = manifest(&[("service", 2)]);
        put(&mut elf.parts[1].bytes, 32 + 104 + 96, &[1]);
    }),
];

/// Files that the headers themselves make no image of.
type File = (&'static str, fn(&mut Vec<u8>));

const FILES: &[File] = &[
    ("script", |file| *file = b"#!/bin/sh\n".to_vec()),
    ("aarch64", |file| put(file, 18, &[183])),
    ("dynamic", |file| put(file, 16, &[3])),
    ("no-table", |file| put(file, 32, &[255, 255])),
    ("cut", |file| file.truncate(file.len() - 1)),
];

/// Writes them into `folder`, with files that are disks or not.
pub fn write(folder: &Path) {
    let write = |name: &str, bytes: &[u8]| {
        fs::write(folder.join(name), bytes).expect("a file");
    };
    let good = || {
        let mut elf = Elf::new(EXIT, &[]);
        elf.parts.push(Part::load(0x10_1000, R | W, b"data"));
        elf
    };
    for (name, change) in IMAGES {
        let mut elf = good();
        change(&mut elf);
        write(name, &elf.bytes());
    }
    for (name, change) in FILES {
        let mut file = good().bytes();
        change(&mut file);
        write(name, &file);
    }
    write("disk", &[0; 1024]);
    write("odd", &[0; 1000]);
    write("empty", &[]);
}
