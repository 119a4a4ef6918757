use super::*;
use alloc::{format, vec::Vec};
use proptest::prelude::*;

const fn device(address: u64, length: u64, interrupt: u32) -> MmioDevice {
    MmioDevice {
        address,
        length,
        interrupt,
    }
}

fn named(line: &str) -> Vec<MmioDevice> {
    on_command_line(line.as_bytes()).collect()
}

/// A device as QEMU's and Firecracker's tables have it, with AML between its parts.
fn aml(address: u32, length: u32, interrupt: u32) -> Vec<u8> {
    let [address, length] = [address, length].map(u32::to_le_bytes);
    [
        b"\x5b\x82VR00\x08_HID\x0dLNRO0005\0\x08_UID\x00\x08_CRS\x11".as_slice(),
        &[0x86, 9, 0, 1],
        &address,
        &length,
        &[0x89, 6, 0, 1, 1],
        &interrupt.to_le_bytes(),
        &[0x79, 0],
    ]
    .concat()
}

#[test]
fn the_command_line_of_qemu_and_firecracker() {
    assert_eq!(
        named(
            "console=ttyS0 virtio_mmio.device=512@0xfeb00e00:12 x virtio_mmio.device=4K@0xd0000000:5:0"
        ),
        [device(0xfeb0_0e00, 512, 12), device(0xd000_0000, 4096, 5)]
    );
}

#[test]
fn what_is_no_device_is_passed_over() {
    for line in [
        "",
        "virtio_mmio.device",
        "virtio_mmio.device=",
        "virtio_mmio.device=512",
        "virtio_mmio.device=512@0xfeb00e00",
        "virtio_mmio.device=512@0xfeb00e00:",
        "virtio_mmio.device=512@0xfeb00e00:x",
        "virtio_mmio.device=512@0xfeb00e00:4294967296",
        "virtio_mmio.device=@0xfeb00e00:1",
        "virtio_mmio.device=512@0:1",
        "virtio_mmio.device=512@0xfeb00e01:1",
        "virtio_mmio.device=0@0xfeb00e00:1",
        "virtio_mmio.device=18446744073709551615M@0xfeb00e00:1",
        "virtio_mmio.device=512@0xfffffffffffffff0:1",
        "virtio_mmio.device=512@0xfeb00e00:1:2:3",
        "virtio_mmio.device=512@0xfeb00e00:1:x",
        "not.virtio_mmio.device=512@0xfeb00e00:1",
        "virtio_mmio.device=é@ü:ß",
    ] {
        assert_eq!(named(line), [], "{line}");
    }
}

#[test]
fn the_tables_of_qemu_and_firecracker() {
    let table = [
        b"DSDT".to_vec(),
        aml(0xfeb0_2e00, 512, 47),
        aml(0xfeb0_2c00, 512, 46),
    ]
    .concat();
    let found: Vec<_> = in_dsdt(&table).collect();
    assert_eq!(
        found,
        [device(0xfeb0_2e00, 512, 47), device(0xfeb0_2c00, 512, 46)]
    );
}

#[test]
fn a_device_without_resources_takes_none_from_the_next() {
    let table = [b"LNRO0005\0".to_vec(), aml(0xfeb0_2c00, 512, 46)].concat();
    let found: Vec<_> = in_dsdt(&table).collect();
    assert_eq!(found, [device(0xfeb0_2c00, 512, 46)]);
}

#[test]
fn a_table_that_ends_early_names_only_whole_devices() {
    let whole = aml(0xfeb0_2e00, 512, 47);
    let needed = whole.len() - 2;
    for length in 0..whole.len() {
        let found = in_dsdt(&whole[..length]).count();
        assert_eq!(found, usize::from(length >= needed), "{length}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_survived(bytes: Vec<u8>) {
        on_command_line(&bytes).for_each(drop);
        in_dsdt(&bytes).for_each(drop);
    }

    #[test]
    fn nearly_right_bytes_are_survived(
        parts in prop::collection::vec(
            prop_oneof![
                Just(IDENTIFIER.to_vec()),
                Just(MEMORY_32_FIXED.to_vec()),
                Just(EXTENDED_INTERRUPT.to_vec()),
                Just(b" virtio_mmio.device=".to_vec()),
                Just(b"512@0x".to_vec()),
                prop::collection::vec(any::<u8>(), 0..12),
            ],
            0..20,
        )
    ) {
        let bytes = parts.concat();
        for found in on_command_line(&bytes).chain(in_dsdt(&bytes)) {
            prop_assert!(found.is_possible());
        }
    }

    #[test]
    fn what_is_written_is_read(address in 1..u32::MAX / 8, length in 1..u32::MAX / 8, interrupt: u32) {
        let written = device(u64::from(address) * 4, length.into(), interrupt);
        let line = format!("virtio_mmio.device={length}@{:#x}:{interrupt}", written.address);
        prop_assert_eq!(named(&line), [written]);
        let found: Vec<_> = in_dsdt(&aml(address * 4, length, interrupt)).collect();
        prop_assert_eq!(found, [written]);
    }
}
