use super::super::HEADER;
use super::*;
use proptest::prelude::*;
use std::{vec, vec::Vec};

/// The fixed table of QEMU's q35, as far as it matters here.
fn fadt() -> Vec<u8> {
    let mut table = vec![0; 244];
    let fields: [(usize, &[u8]); 8] = [
        (46, &[9, 0]),
        (48, &[0xb2, 0, 0, 0]),
        (52, &[2]),
        (56, &[0x00, 0x06, 0, 0]),
        (64, &[0x04, 0x06, 0, 0]),
        (76, &[0x08, 0x06, 0, 0]),
        (88, &[4]),
        (112, &[0xa5, 0x84, 0, 0]),
    ];
    for (offset, bytes) in fields {
        table[offset..offset + bytes.len()].copy_from_slice(bytes);
    }
    table
}

/// The same of microvm.
fn reduced_fadt() -> Vec<u8> {
    let mut table = vec![0; 268];
    table[112..116].copy_from_slice(&0x0010_0400u32.to_le_bytes());
    table
}

/// A table of controllers with these entries.
fn madt(entries: &[&[u8]]) -> Vec<u8> {
    [&[0; HEADER + 8], entries.concat().as_slice()].concat()
}

/// The event device of QEMU's microvm, between two others.
fn aml(interrupt: u32, selector: u32) -> Vec<u8> {
    [
        b"\x5b\x82\x1aCOM1\x08_HID\x0cA\xd0\x05\x01".as_slice(),
        b"\x5b\x82\x4c\x06GED_\x08_HID\x0dACPI0013\0\x08_UID\x0dGED\0\x08_CRS\x11\x0e\x0a\x0b",
        b"\x89\x06\x00\x03\x01",
        &interrupt.to_le_bytes(),
        b"\x79\0\x5b\x80EREG\x00\x0c",
        &selector.to_le_bytes(),
        b"\x0a\x04\x5b\x81\x0bEREG\x43ESEL\x20",
        b"\x5b\x82\x42\x04VR23\x08_HID\x0dLNRO0005\0",
        b"\x89\x06\x00\x01\x01\x2f\0\0\0\x5b\x80FAKE\x00\x0c\x00\x10\0\0\x0a\x04",
    ]
    .concat()
}

fn found(fadt: &[u8], dsdt: &[u8], madt: &[u8]) -> Option<PowerButton> {
    find(fadt, || Some(dsdt), madt)
}

/// What q35 has.
const FIXED: FixedButton = FixedButton {
    interrupt: 9,
    status: [Some(0x600), None],
    enable: 2,
    control: 0x604,
    handover: Some((0xb2, 2)),
};

#[test]
fn q35_has_it_in_the_fixed_registers() {
    let overrides = madt(&[
        &[1, 12, 0, 0, 0, 0, 0xc0, 0xfe, 0, 0, 0, 0],
        &[2, 10, 0, 9, 9, 0, 0, 0, 13, 0],
    ]);
    let button = Some(PowerButton::Fixed(FIXED));
    assert_eq!(found(&fadt(), &[], &overrides), button);
    assert_eq!(found(&fadt(), &aml(9, 0xfea0_0000), &[]), button);
}

#[test]
fn an_override_says_another_interrupt() {
    let overrides = madt(&[
        &[2, 10, 0, 10, 7, 0, 0, 0, 0, 0],
        &[2, 10, 0, 9, 20, 0, 0, 0, 13, 0],
    ]);
    let interrupt = 20;
    let button = PowerButton::Fixed(FixedButton { interrupt, ..FIXED });
    assert_eq!(found(&fadt(), &[], &overrides), Some(button));
}

#[test]
fn a_second_block_is_asked_too() {
    let mut table = fadt();
    table[60..62].copy_from_slice(&0x620u16.to_le_bytes());
    let status = [Some(0x600), Some(0x620)];
    let button = PowerButton::Fixed(FixedButton { status, ..FIXED });
    assert_eq!(found(&table, &[], &[]), Some(button));
}

#[test]
fn fixed_registers_that_cannot_be_have_no_button() {
    for (offset, bytes) in [
        // No events, too few bytes for them, beyond the last port.
        (56, &[0, 0, 0, 0][..]),
        (56, &[0, 0, 1, 0]),
        (56, &[0xfd, 0xff]),
        (88, &[0]),
        (88, &[3]),
        // No control register.
        (64, &[0, 0]),
        // A button that AML declares.
        (112, &[0xb5]),
    ] {
        let mut table = fadt();
        table[offset..offset + bytes.len()].copy_from_slice(bytes);
        assert_eq!(found(&table, &[], &[]), None, "{bytes:x?} at {offset}");
    }
}

#[test]
fn firmware_without_a_command_keeps_nothing() {
    let mut table = fadt();
    table[48..52].fill(0);
    let handover = None;
    let button = PowerButton::Fixed(FixedButton { handover, ..FIXED });
    assert_eq!(found(&table, &[], &[]), Some(button));
}

#[test]
fn microvm_has_it_as_an_event() {
    let button = PowerButton::Event(EventButton {
        interrupt: 9,
        selector: 0xfea0_0000,
        layout: Layout::Qemu,
    });
    let dsdt = aml(9, 0xfea0_0000);
    assert_eq!(found(&reduced_fadt(), &dsdt, &[]), Some(button));
    assert_eq!(found(&reduced_fadt(), &aml(9, 0), &[]), None);
}

/// The event device of Cloud Hypervisor, whose selector is in another device before it.
fn cloud_hypervisor(address: &[u8], length: &[u8]) -> Vec<u8> {
    [
        b"\x5b\x82\x45\x0e.\\_SB_GEC_\x08_HID\x0cA\xd0\x0a\x06\x08_UID\x0dGeneric Event Controller\0".as_slice(),
        b"\x08_CRS\x11\x33\x0a\x30\x8a\x2b\0\0\x0c\x01\x5b\x80GDST\0",
        address,
        length,
        b"\x5b\x81\x0bGDST\x41GDAT\x08\x14\x45\x07ESCN\x08",
        b"\x5b\x82\x40\x04.\\_SB_GED_\x08_HID\x0dACPI0013\0\x08_UID\0\x08_CRS\x11\x0e\x0a\x0b",
        b"\x89\x06\0\x03\x01\x0a\0\0\0\x79\0\x14\x14_EVT\x09/\x03_SB_GEC_ESCN",
    ]
    .concat()
}

#[test]
fn cloud_hypervisor_has_another_selector() {
    let selector = |address: &[u8], length: &[u8]| match found(
        &reduced_fadt(),
        &cloud_hypervisor(address, length),
        &[],
    )? {
        PowerButton::Event(EventButton {
            interrupt: 10,
            selector,
            layout: Layout::CloudHypervisor,
        }) => Some(selector),
        button => panic!("{button:?}"),
    };
    let high = b"\x0e\0\xff\xef\xff\x0f\0\0\0";
    assert_eq!(selector(high, b"\x01"), Some(0xf_ffef_ff00));
    assert_eq!(
        selector(b"\x0c\x01\0\0\xe8", b"\x0a\x01"),
        Some(0xe800_0001)
    );
    assert_eq!(selector(b"\0", b"\x01"), None);
    assert_eq!(selector(high, b"\x0a\x04"), None);
    assert_eq!(selector(high, b""), None);
    let dsdt = cloud_hypervisor(high, b"\x01");
    for length in 0..dsdt.len() {
        found(&reduced_fadt(), &dsdt[..length], &[]);
    }
}

#[test]
fn firecracker_has_no_button() {
    let dsdt = b"\x5b\x82\x40\x06.\\_SB_GED_\x08_HID\x0dACPI0013\0\x08_CRS\x11\x17\x0a\x14\
        \x89\x06\0\x03\x01\x05\0\0\0\x89\x06\0\x03\x01\x06\0\0\0\x79\0";
    assert_eq!(found(&reduced_fadt(), dsdt, &[]), None);
}

#[test]
fn an_event_device_takes_nothing_from_the_next() {
    let whole = aml(9, 0xfea0_0000);
    let at = |part: &[u8]| whole.windows(part.len()).position(|bytes| bytes == part);
    let interrupt = at(b"\x89\x06\x00\x03").unwrap();
    let region = at(b"EREG\x00").unwrap();
    // Another number of interrupts; another space, a crooked address, another length.
    for (offset, byte) in [
        (interrupt + 4, 2),
        (region + 4, 1),
        (region + 6, 2),
        (region + 11, 1),
    ] {
        let mut dsdt = whole.clone();
        dsdt[offset] = byte;
        assert_eq!(found(&reduced_fadt(), &dsdt, &[]), None, "at {offset}");
    }
}

#[test]
fn a_table_that_ends_early_has_no_button() {
    let dsdt = aml(9, 0xfea0_0000);
    let end = dsdt
        .windows(5)
        .position(|bytes| bytes == b"\x0a\x04\x5b\x81\x0b");
    let end = end.unwrap() + 2;
    for length in 0..dsdt.len() {
        let button = found(&reduced_fadt(), &dsdt[..length], &[]);
        assert_eq!(button.is_some(), length >= end, "{length}");
    }
    assert_eq!(find(&reduced_fadt(), || None, &[]), None);
    // The flags are the last that is read.
    for length in 0..fadt().len() {
        let button = found(&fadt()[..length], &[], &[]);
        assert_eq!(button.is_some(), length >= 116, "{length}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_survived(fadt: Vec<u8>, dsdt: Vec<u8>, madt: Vec<u8>) {
        found(&fadt, &dsdt, &madt);
    }

    #[test]
    fn any_fixed_table_is_survived(
        fadt in prop::collection::vec(prop_oneof![Just(0), any::<u8>()], 110..130),
        madt in prop::collection::vec(prop_oneof![Just(2), any::<u8>()], 0..80),
    ) {
        if let Some(PowerButton::Fixed(button)) = found(&fadt, &[], &madt) {
            // What is done with it overflows nowhere.
            for status in button.status.into_iter().flatten() {
                prop_assert!(status.checked_add(button.enable + 1).is_some());
            }
        }
    }

    #[test]
    fn nearly_right_aml_is_survived(
        parts in prop::collection::vec(
            prop_oneof![
                Just(IDENTIFIER.to_vec()),
                Just(aml::NEXT.to_vec()),
                Just(b"\x89\x06\x00\x03\x01".to_vec()),
                Just(b"\x5b\x80EREG\x00\x0c".to_vec()),
                Just(b"\x00\x00\xa0\xfe\x0a\x04".to_vec()),
                prop::collection::vec(any::<u8>(), 0..12),
            ],
            0..20,
        )
    ) {
        if let Some(button) = found(&reduced_fadt(), &parts.concat(), &[]) {
            let PowerButton::Event(button) = button else { panic!("{button:?}") };
            prop_assert_eq!(button.layout, Layout::Qemu);
            prop_assert!(button.selector != 0 && button.selector.is_multiple_of(4));
        }
    }

    #[test]
    fn what_is_written_is_read(interrupt: u32, selector in 1..u32::MAX / 4) {
        let selector = selector * 4;
        let button = PowerButton::Event(EventButton {
            interrupt,
            selector: selector.into(),
            layout: Layout::Qemu,
        });
        prop_assert_eq!(found(&reduced_fadt(), &aml(interrupt, selector), &[]), Some(button));
    }
}
