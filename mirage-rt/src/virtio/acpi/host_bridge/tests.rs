use super::*;
use proptest::prelude::*;
use std::{vec, vec::Vec};

/// The host bridge of QEMU's microvm.
fn microvm() -> Vec<u8> {
    [
        b"PCI0\x08_HID\x0dPNP0A08\0\x08_SEG\0\x08_BBN\0\x08_UID\0".as_slice(),
        b"\x5b\x82\x4a\x04GSI3\x08_HID\x0dPNP0C0F\0\x08_CRS\x11\x0e\x0a\x0b",
        b"\x89\x06\0\x01\x01\x13\0\0\0\x79\0",
        b"\x14\x0c_CBA\0\xa4\x0c\0\0\0\xe0",
        b"\x08_CRS\x11\x4e\x05\x0a\x5a\x88\x0d\0\x02\x0c\0\0\0\0\0\xff\0\0\0\0\x01",
        b"\x87\x17\0\0\x0c\x01\0\0\0\0\0\0\0\xc0\xff\xff\xff\xdf\0\0\0\0\0\0\0\x20",
        b"\x8a\x2b\0\0\x0c\x01\0\0\0\0\0\0\0\0\0\0\0\0\xc0\0\0\0",
        b"\xff\xff\xff\xff\xff\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x40\0\0\0\x79\0",
    ]
    .concat()
}

const WINDOW: Window = Window {
    start: 0xc000_0000,
    end: 0xe000_0000,
};

#[test]
fn microvm_names_registers_and_a_window() {
    let space = configuration_space(&microvm()).unwrap();
    assert_eq!(
        (space.base, space.first_bus, space.last_bus),
        (0xe000_0000, 0, 255)
    );
    assert_eq!(window(&microvm()), Some(WINDOW));
    assert!(root_buses(&microvm()).eq([0]));
}

#[test]
fn ports_and_wide_memory_are_no_window() {
    let dsdt = microvm();
    let at = |part: &[u8]| dsdt.windows(part.len()).position(|bytes| bytes == part);
    let memory = at(b"\x87\x17").unwrap();
    let with = |offset: usize, byte| {
        let mut dsdt = dsdt.clone();
        dsdt[memory + offset] = byte;
        window(&dsdt)
    };
    assert_eq!(with(3, 1), None, "ports");
    assert_eq!(with(17, 0xbf), None, "an end before the start");
    assert_eq!(with(0, 0x79), None, "the end of the list");
    assert_eq!(with(1, 0xff), None, "longer than the table");
}

#[test]
fn a_name_is_as_good_as_a_method() {
    let base = |object: &[u8]| configuration_space(object).map(|space| space.base);
    assert_eq!(base(b"\x08_CBA\x0c\0\0\0\xb0"), Some(0xb000_0000));
    assert_eq!(base(b"\x08_CBA\x0e\0\0\0\0\x01\0\0\0"), Some(1 << 32));
    for object in [
        b"".as_slice(),
        b"\x08_CBA",
        b"\x08_CBA\0",
        b"\x08_CBA\x0c\x01\0\0\xb0",
        b"\x14\x0c_CBA\0\x70\x0c\0\0\0\xe0",
    ] {
        assert_eq!(base(object), None, "{object:x?}");
    }
}

#[test]
fn every_expander_is_a_root() {
    let dsdt = b"\x08_BBN\x0a\x08..\x08_BBN\x0b\x00\x01..\x08_BBN\x0a\xf0\x08_BBNVAR_\x08_BBN";
    assert!(root_buses(dsdt).eq([8, 240]));
}

#[test]
fn a_table_that_ends_early_is_survived() {
    let dsdt = microvm();
    for length in 0..dsdt.len() {
        let part = &dsdt[..length];
        assert!(window(part).is_none_or(|window| window == WINDOW));
        configuration_space(part);
        root_buses(part).for_each(drop);
    }
}

proptest! {
    #[test]
    fn any_bytes_are_survived(
        parts in prop::collection::vec(
            prop_oneof![
                Just(BUS_NUMBERS.to_vec()),
                Just(vec![0x87, 0x17, 0, 0]),
                Just(b"\x08_BBN\x0a".to_vec()),
                Just(b"_CBA\0\xa4\x0c".to_vec()),
                prop::collection::vec(any::<u8>(), 0..30),
            ],
            0..20,
        )
    ) {
        let dsdt = parts.concat();
        if let Some(window) = window(&dsdt) {
            prop_assert!(window.start < window.end);
        }
        configuration_space(&dsdt);
        root_buses(&dsdt).for_each(drop);
    }
}
