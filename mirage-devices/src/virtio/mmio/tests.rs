use super::*;
use crate::virtio::{registers::tests::Memory, transport::Transport};

const ADDRESSES: QueueAddresses = QueueAddresses {
    descriptor_table: 0x2345_6000,
    avail_ring: 0x2345_6400,
    used_ring: 0x2345_7000,
};

fn device(version: u32) -> Registers {
    let registers = Memory::new(0, 0x200).registers();
    registers.write(register::MAGIC_VALUE, MAGIC);
    registers.write(register::VERSION, version);
    registers.write(register::DEVICE_ID, 1_u32);
    registers
}

#[test]
fn registers_without_a_device_are_none() {
    assert_eq!(MmioTransport::new(device(2)).unwrap().device(), 1);
    assert!(MmioTransport::new(device(3)).is_none());
    for place in [
        register::MAGIC_VALUE,
        register::VERSION,
        register::DEVICE_ID,
    ] {
        let registers = device(2);
        registers.write(place, 0_u32);
        assert!(MmioTransport::new(registers).is_none());
    }
    let short = device(2).window(0, 0x80).unwrap();
    assert!(MmioTransport::new(short).is_none());
}

#[test]
fn a_legacy_device_is_told_of_pages() {
    let registers = device(1);
    let mut transport = MmioTransport::new(registers).unwrap();
    assert!(transport.is_legacy());
    transport.set_status(1);
    transport.enable_queue(1, 64, ADDRESSES).unwrap();
    let word = |offset| registers.read::<u32>(offset);
    assert_eq!(word(register::GUEST_PAGE_SIZE), 4096);
    assert_eq!(word(register::QUEUE_ALIGN), 4096);
    assert_eq!(word(register::QUEUE_PFN), 0x2_3456);
    assert_eq!(word(register::QUEUE_READY), 0, "no such register");
    let high = QueueAddresses {
        descriptor_table: 1 << 44,
        ..ADDRESSES
    };
    let refused = transport.enable_queue(1, 64, high);
    assert_eq!(refused, Err(DeviceError::Queue(1)));
}

#[test]
fn a_device_of_version_2_is_told_of_addresses() {
    let registers = device(2);
    let mut transport = MmioTransport::new(registers).unwrap();
    assert!(!transport.is_legacy());
    transport.enable_queue(1, 64, ADDRESSES).unwrap();
    let word = |offset| registers.read::<u32>(offset);
    assert_eq!(word(register::QUEUE_SEL), 1);
    assert_eq!(word(register::QUEUE_NUM), 64);
    assert_eq!(word(register::QUEUE_DESC_LOW), 0x2345_6000);
    assert_eq!(word(register::QUEUE_DRIVER_LOW), 0x2345_6400);
    assert_eq!(word(register::QUEUE_DEVICE_LOW), 0x2345_7000);
    assert_eq!(word(register::QUEUE_READY), 1);
    assert_eq!(word(register::QUEUE_PFN), 0, "no such register");
    transport.notify(1);
    assert_eq!(word(register::QUEUE_NOTIFY), 1);
}

#[test]
fn an_interrupt_that_does_not_end_is_given_up() {
    let registers = device(2);
    let mut transport = MmioTransport::new(registers).unwrap();
    assert!(!transport.acknowledge_interrupt());
    assert_eq!(registers.read::<u32>(register::INTERRUPT_ACK), 0);
    // Memory does not clear a cause that is acknowledged.
    registers.write(register::INTERRUPT_STATUS, 3_u32);
    assert!(transport.acknowledge_interrupt());
    assert_eq!(registers.read::<u32>(register::INTERRUPT_ACK), 3);
}
