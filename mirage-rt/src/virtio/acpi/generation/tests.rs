use super::*;
use proptest::prelude::*;
use std::vec::Vec;

/// The device of QEMU, whose address is in an object before it.
fn qemu(page: u32) -> Vec<u8> {
    [
        b"\x08VGIA\x0c".as_slice(),
        &page.to_le_bytes(),
        b"\x10\x41\x08\\_SB_\x5b\x82\x48\x07VGEN\x08_HID\x0dQEMUVGID\0",
        b"\x08_CID\x0dVM_Gen_Counter\0\x08_DDN\x0dVM_Gen_Counter\0",
        b"\x14\x17_STA\0\x70\x0a\x0f\x60\xa0\x0a\x93VGIA\0\x70\0\x60\xa4\x60",
        b"\x14\x20ADDR\0\x70\x12\x02\x02\x60\x70\x72VGIA\x0a\x28\0\x88\x60\0\0",
        b"\x70\0\x88\x60\x01\0\xa4\x60",
    ]
    .concat()
}

/// The device of Firecracker, before another one.
fn firecracker(address: &[u8]) -> Vec<u8> {
    [
        b"\x5b\x82\x4a\x05.\\_SB_VGEN\x08_HID\x0dVMGENCTR\0".as_slice(),
        b"\x08_CID\x0dVM_Gen_Counter\0\x08_DDN\x0dVM_Gen_Counter\0\x08ADDR",
        address,
        b"\x5b\x82\x1a.\\_SB_VCLK\x08_HID\x0dAMZNC10C\0\x08ADDR\x12\x04\x02\0\0",
    ]
    .concat()
}

#[test]
fn qemu_adds_an_offset_to_a_page() {
    assert_eq!(find(&qemu(0x03ff_f000)), Some(0x03ff_f028));
    // Firmware that does not allocate the page leaves 0.
    assert_eq!(find(&qemu(0)), None);
}

#[test]
fn firecracker_has_both_halves() {
    let found = |address: &[u8]| find(&firecracker(address));
    let low = b"\x12\x0b\x02\x0c\xf0\xff\x0f\x00\0";
    assert_eq!(found(low), Some(0x000f_fff0));
    let both = b"\x12\x0d\x02\x0c\xf0\xff\x0f\x00\x0a\x07";
    assert_eq!(found(both), Some(0x7_000f_fff0));
    let long = b"\x12\x40\x01\x02\x0b\xf8\xff\x01";
    assert_eq!(found(long), Some(0x1_0000_fff8));
}

#[test]
fn the_identifier_may_be_in_capitals() {
    let mut table = qemu(0x1000);
    let (before, _) = aml::split(&table, b"VM_Gen_Counter").unwrap();
    let start = before.len();
    table[start..start + 14].make_ascii_uppercase();
    assert_eq!(find(&table), Some(0x1028));
}

#[test]
fn what_cannot_be_an_address_is_none() {
    for address in [
        // Crooked, 0, three parts, halves of 64 bits, something else than a number, nothing.
        b"\x12\x0b\x02\x0c\xf1\xff\x0f\x00\0".as_slice(),
        b"\x12\x04\x02\0\0",
        b"\x12\x05\x03\x0a\x10\0\0",
        b"\x12\x0d\x02\x0e\0\0\0\0\x01\0\0\0\0",
        b"\x12\x08\x02VGIA\0",
        b"",
    ] {
        assert_eq!(find(&firecracker(address)), None, "{address:x?}");
    }
    assert_eq!(find(b"\x08ADDR\x12\x0b\x02\x0c\xf0\xff\x0f\x00\0"), None);
}

#[test]
fn a_table_that_ends_early_has_none() {
    for table in [
        qemu(0x1000),
        firecracker(b"\x12\x0b\x02\x0c\xf0\xff\x0f\x00\0"),
    ] {
        assert!(find(&table).is_some());
        let found = (0..table.len()).filter(|length| find(&table[..*length]).is_some());
        // Once it is found, what follows changes nothing.
        let first = found.min().expect("the whole table but a byte");
        for length in 0..table.len() {
            assert_eq!(find(&table[..length]).is_some(), length >= first);
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_are_survived(
        parts in prop::collection::vec(
            prop_oneof![
                Just(IDENTIFIERS[0].to_vec()),
                Just(b"\x08VGIA\x0c".to_vec()),
                Just(b"ADDR".to_vec()),
                Just(b"\x72VGIA\x0a\x28".to_vec()),
                Just(b"\x12\x0b\x02\x0c".to_vec()),
                prop::collection::vec(any::<u8>(), 0..12),
            ],
            0..20,
        )
    ) {
        if let Some(address) = find(&parts.concat()) {
            prop_assert!(address != 0 && address.is_multiple_of(8));
        }
    }
}
