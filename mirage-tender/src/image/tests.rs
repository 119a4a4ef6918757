//! Each rule is kept by one image and broken by another.

#[path = "../../tests/guests/elf.rs"]
mod elf;

use super::layout::PAGE_SIZE;
use super::*;
use elf::{Elf, Part, R, W, X, put};
use mirage_solo5::manifest::ENTRY_LEN;
use proptest::prelude::*;

const MEMORY: u64 = 2 << 20;

fn good() -> Elf {
    let mut elf = Elf::new(b"code", &[("service", 2), ("storage", 1)]);
    elf.parts.push(Part {
        size: 5000,
        ..Part::load(0x10_1000, R | W, b"data")
    });
    elf
}

#[test]
fn an_image_is_read() {
    let file = good().bytes();
    let image = Image::read(&file, Abi::Spt, MEMORY).expect("a good image");
    let protection = |read, write, execute| Protection {
        read,
        write,
        execute,
    };
    assert_eq!(image.entry, 0x10_0000);
    assert_eq!(image.end, 0x10_3000);
    assert_eq!(
        image.segments,
        [
            Segment {
                address: 0x10_0000,
                bytes: b"code",
                pages: 0x10_0000..0x10_1000,
                protection: protection(true, false, true),
            },
            Segment {
                address: 0x10_1000,
                bytes: b"data",
                pages: 0x10_1000..0x10_3000,
                protection: protection(true, true, false),
            },
        ]
    );
    assert_eq!(
        image.manifest.devices,
        [Device::NetBasic("service"), Device::BlockBasic("storage")]
    );
    assert_eq!(image.manifest.bytes.len(), 8 + 3 * ENTRY_LEN);
}

/// A change to an image, and what it is refused for.
type Broken = (fn(&mut Elf), Refusal);

#[test]
fn what_breaks_a_rule_is_refused() {
    const NET: &[(&str, u32)] = &[("service", 2)];
    let broken: &[Broken] = &[
        (|elf| elf.parts.clear(), Refusal::NoProgramHeaders),
        (|elf| elf.entry = 0xf_ffff, Refusal::EntryLow(0xf_ffff)),
        (
            |elf| elf.entry = MEMORY,
            Refusal::Entry {
                address: MEMORY,
                memory: MEMORY,
            },
        ),
        (|elf| elf.parts[2].address = 0xf_f000, Refusal::Low(2)),
        // Its own address is high enough, the beginning of its page is not.
        (
            |elf| {
                elf.parts[2].address = 0x10_0010;
                elf.parts[2].alignment = 0x20_0000;
                elf.parts[2].size = 4;
            },
            Refusal::Low(2),
        ),
        (
            |elf| elf.parts[2].alignment = 0,
            Refusal::Alignment {
                number: 2,
                alignment: 0,
            },
        ),
        (
            |elf| elf.parts[2].alignment = 4097,
            Refusal::Alignment {
                number: 2,
                alignment: 4097,
            },
        ),
        (
            |elf| {
                elf.parts[2].address = 0x10_0800;
                elf.parts[2].alignment = 0x800;
                elf.parts[2].size = 0x800;
            },
            Refusal::Page(2),
        ),
        (|elf| elf.parts[2].alignment = 16, Refusal::Page(2)),
        (|elf| elf.parts[2].size = 3, Refusal::Size(2)),
        (
            |elf| elf.parts[3].size = MEMORY - 0x10_1000 + 1,
            Refusal::Memory {
                number: 3,
                memory: MEMORY,
            },
        ),
        (
            |elf| elf.parts[3].size = u64::MAX - 0x10_1000,
            Refusal::Memory {
                number: 3,
                memory: MEMORY,
            },
        ),
        (
            |elf| elf.parts[3].address = u64::MAX - 1,
            Refusal::Memory {
                number: 3,
                memory: MEMORY,
            },
        ),
        (|elf| elf.parts.swap(2, 3), Refusal::Order(3)),
        // Not even within one page.
        (|elf| elf.parts[3].address = 0x10_0800, Refusal::Order(3)),
        (
            |elf| elf.parts[3].flags = R | W | X,
            Refusal::WriteExecute(3),
        ),
        (|elf| elf.parts[3].flags = W | X, Refusal::WriteExecute(3)),
        (|elf| elf.parts[0].bytes.truncate(11), Refusal::Note),
        (|elf| elf.parts[0].bytes.truncate(35), Refusal::Note),
        (|elf| put(&mut elf.parts[0].bytes, 4, &[12]), Refusal::Note),
        (
            |elf| put(&mut elf.parts[1].bytes, 4, &[0xff; 4]),
            Refusal::Note,
        ),
        (
            |elf| put(&mut elf.parts[0].bytes, 12, b"Solo6"),
            Refusal::NoAbi,
        ),
        (|elf| put(&mut elf.parts[0].bytes, 0, &[5]), Refusal::NoAbi),
        // A note that does not stand at the beginning is not found.
        (
            |elf| {
                let second = elf.parts.remove(1).bytes;
                elf.parts[0].bytes.extend(second);
            },
            Refusal::NoManifest,
        ),
        (
            |elf| elf.parts[0].bytes = elf::abi(1, 2),
            Refusal::OtherAbi {
                found: 1,
                expected: Abi::Spt,
            },
        ),
        (
            |elf| elf.parts[0].bytes = elf::abi(2, 1),
            Refusal::AbiVersion(1),
        ),
        (|elf| drop(elf.parts.remove(1)), Refusal::NoManifest),
        (
            |elf| put(&mut elf.parts[1].bytes, 24, &[2]),
            Refusal::ManifestVersion(2),
        ),
        (
            |elf| put(&mut elf.parts[1].bytes, 28, &[0]),
            Refusal::ManifestEntries(0),
        ),
        (
            |elf| elf.parts[1].bytes = elf::manifest(&[("x", 1); 64]),
            Refusal::ManifestEntries(65),
        ),
        (
            |elf| put(&mut elf.parts[1].bytes, 28, &[2]),
            Refusal::ManifestSize,
        ),
        (
            |elf| put(&mut elf.parts[1].bytes, 28, &[4]),
            Refusal::ManifestSize,
        ),
        (
            |elf| put(&mut elf.parts[1].bytes, 4, &[4, 0, 0, 0]),
            Refusal::ManifestSize,
        ),
        (
            |elf| put(&mut elf.parts[1].bytes, 32, b"first"),
            Refusal::ManifestFirst,
        ),
        (
            |elf| put(&mut elf.parts[1].bytes, 32 + 68, &[0; 4]),
            Refusal::ManifestFirst,
        ),
        (
            |elf| elf.parts[1].bytes = elf::manifest(&[NET, &[("", 1)]].concat()),
            Refusal::ManifestName(2),
        ),
        (
            |elf| elf.parts[1].bytes = elf::manifest(&[("no-hyphen", 1)]),
            Refusal::ManifestName(1),
        ),
        (
            |elf| put(&mut elf.parts[1].bytes, 32 + ENTRY_LEN, &[b'x'; 68]),
            Refusal::ManifestName(1),
        ),
        (
            |elf| elf.parts[1].bytes = elf::manifest(&[("service", 3)]),
            Refusal::ManifestKind { number: 1, kind: 3 },
        ),
        (
            |elf| put(&mut elf.parts[1].bytes, 32 + ENTRY_LEN + 96, &[1]),
            Refusal::ManifestAttached(1),
        ),
        (
            |elf| put(&mut elf.parts[1].bytes, 32 + 96, &[1]),
            Refusal::ManifestAttached(0),
        ),
        (
            |elf| {
                let first = elf.parts[1].bytes[32 + ENTRY_LEN..32 + 2 * ENTRY_LEN].to_vec();
                put(&mut elf.parts[1].bytes, 32 + 2 * ENTRY_LEN, &first);
            },
            Refusal::ManifestTwice(2),
        ),
        // Zeros that are not in the file take memory too.
        (
            |elf| {
                let zeros = Part {
                    size: MEMORY,
                    ..Part::load(0x10_3000, R | W, b"")
                };
                elf.parts.push(zeros);
            },
            Refusal::Memory {
                number: 4,
                memory: MEMORY,
            },
        ),
    ];
    for (index, (change, expected)) in broken.iter().enumerate() {
        let mut elf = good();
        change(&mut elf);
        let file = elf.bytes();
        let refusal = Image::read(&file, Abi::Spt, MEMORY);
        assert_eq!(refusal, Err(*expected), "change {index}");
    }
}

#[test]
fn a_header_of_something_else_is_refused() {
    for (offset, value, field) in [
        (4, 1, "EI_CLASS"),
        (5, 2, "EI_DATA"),
        (6, 0, "EI_VERSION"),
        (16, 3, "e_type"),
        (18, 183, "e_machine"),
        (20, 2, "e_version"),
        (52, 63, "e_ehsize"),
        (54, 57, "e_phentsize"),
    ] {
        let mut file = good().bytes();
        file[offset] = value;
        let refusal = Image::read(&file, Abi::Spt, MEMORY).expect_err(field);
        let message = format!("its ELF header has {value} as {field}, not ");
        assert!(refusal.to_string().starts_with(&message), "{refusal}");
    }
    let mut file = good().bytes();
    file[0] = 0;
    assert_eq!(Image::read(&file, Abi::Spt, MEMORY), Err(Refusal::NotElf));
    let mut file = good().bytes();
    file[32] = 255;
    file[33] = 255;
    let refusal = Image::read(&file, Abi::Spt, MEMORY);
    assert_eq!(refusal, Err(Refusal::ProgramHeaders));
}

#[test]
fn a_file_that_was_cut_short_is_refused() {
    let file = good().bytes();
    for length in 0..file.len() {
        assert!(Image::read(&file[..length], Abi::Spt, MEMORY).is_err());
    }
    let cut = Image::read(&file[..file.len() - 1], Abi::Spt, MEMORY);
    assert_eq!(cut, Err(Refusal::File(3)));
}

#[test]
fn what_has_nothing_in_the_file_is_looked_at_for_its_end_only() {
    let mut elf = good();
    elf.parts.push(Part {
        size: MEMORY - 1,
        ..Part::load(1, R | W | X, &[])
    });
    let file = elf.bytes();
    let image = Image::read(&file, Abi::Spt, MEMORY).expect("a good image");
    assert_eq!(image.end, 0x10_3000);
}

#[test]
fn a_page_may_be_closed_to_all() {
    let mut elf = good();
    elf.parts.push(Part::load(0x10_3000, 0, &[0]));
    let file = elf.bytes();
    let image = Image::read(&file, Abi::Spt, MEMORY).expect("a good image");
    let guard = image.segments.last().expect("three segments").protection;
    assert!(!guard.read && !guard.write && !guard.execute);
}

#[test]
fn an_image_is_for_one_tender() {
    let mut elf = good();
    elf.parts[0].bytes = elf::abi(1, 2);
    let file = elf.bytes();
    assert!(Image::read(&file, Abi::Hvt, MEMORY).is_ok());
    let refusal = Image::read(&file, Abi::Spt, MEMORY).expect_err("an image for hvt");
    assert_eq!(refusal.to_string(), "it is made for hvt, not for spt");
}

/// Whatever else is wrong with it by the rules of this one.
#[test]
fn an_image_for_another_tender_is_refused_as_such() {
    let changes: [fn(&mut Elf); 4] = [
        |elf| elf.entry = MEMORY,
        |elf| elf.parts[3].size = MEMORY,
        |elf| elf.parts[2].alignment = 16,
        |elf| elf.parts[1].bytes = elf::manifest(&[("service", 3)]),
    ];
    for change in changes {
        let mut elf = good();
        change(&mut elf);
        elf.parts[0].bytes = elf::abi(1, 2);
        let file = elf.bytes();
        let expected = Refusal::OtherAbi {
            found: 1,
            expected: Abi::Spt,
        };
        assert_eq!(Image::read(&file, Abi::Spt, MEMORY), Err(expected));
    }
}

/// What every plan keeps, whatever it was read from.
fn keeps_within_memory(file: &[u8], memory: u64) {
    let Ok(image) = Image::read(file, Abi::Spt, memory) else {
        return;
    };
    assert!((MIN_ADDRESS..memory).contains(&image.entry));
    assert!(image.manifest.devices.len() < 64);
    let mut free = MIN_ADDRESS;
    for segment in &image.segments {
        assert!(segment.pages.start >= free && segment.pages.end <= memory);
        assert_eq!(segment.pages.start % PAGE_SIZE, 0);
        assert_eq!(segment.pages.end % PAGE_SIZE, 0);
        assert!(segment.address >= segment.pages.start);
        assert!(segment.address + segment.bytes.len() as u64 <= segment.pages.end);
        assert!(!(segment.protection.write && segment.protection.execute));
        free = segment.pages.end;
    }
    assert!(image.segments.is_empty() || image.end == free);
}

#[test]
fn fuzz_image() {
    fuzzing::fuzz("image", &[good().bytes()], |input| {
        let (memory, file) = input.split_at(input.len().min(4));
        let memory = memory
            .iter()
            .fold(0, |memory, byte| memory << 8 | u64::from(*byte));
        keeps_within_memory(input, MEMORY);
        keeps_within_memory(file, memory);
    });
}

proptest! {
    #[test]
    fn any_bytes_are_refused_or_keep_within_memory(
        file: Vec<u8>,
        memory in 0u64..1 << 33,
    ) {
        keeps_within_memory(&file, memory);
    }

    /// What is nearly an image gets further.
    #[test]
    fn any_change_to_an_image_is_refused_or_keeps_within_memory(
        changes in prop::collection::vec((0usize..1000, any::<u8>()), 0..8),
        numbers in prop::collection::vec((0usize..120, any::<u64>()), 0..3),
        memory in 0u64..4 << 20,
    ) {
        let mut file = good().bytes();
        for (offset, byte) in changes {
            let at = offset % file.len();
            file[at] = byte;
        }
        for (word, number) in numbers {
            let at = 8 * (word % (file.len() / 8));
            put(&mut file, at, &number.to_le_bytes());
        }
        keeps_within_memory(&file, memory);
    }
}
