use super::*;
use crate::virtio::registers::tests::Memory;
use alloc::vec::Vec;
use core::cell::RefCell;
use proptest::prelude::*;

/// Where the function's registers are: above 4 GiB.
const BASE: u64 = 0x38_0000_0000;

const MESSAGE: Message = Message {
    address: 0xfee0_1000,
    data: 0x21,
};

/// The configuration space of one function.
struct Space(RefCell<[u32; 64]>);

impl ConfigRegionAccess for &Space {
    unsafe fn read(&self, _: PciAddress, offset: u16) -> u32 {
        assert!(offset.is_multiple_of(4));
        self.0.borrow()[usize::from(offset) / 4 % 64]
    }

    unsafe fn write(&self, _: PciAddress, offset: u16, value: u32) {
        let word = &mut self.0.borrow_mut()[usize::from(offset) / 4];
        // The status, beside the command, is not written.
        let kept = if offset == 4 { 0xffff_0000 } else { 0 };
        *word = *word & kept | value & !kept;
    }
}

fn function() -> PciAddress {
    PciAddress::new(0, 0, 3, 0)
}

/// A capability of virtio's, with where its structure is.
fn structure(kind: u32, next: u32, offset: u32, length: u32) -> [u32; 4] {
    [0x09 | next << 8 | kind << 24, 4, offset, length]
}

/// A network device with its registers in base address 4: common at 0, notifications at 0x1000,
/// configuration at 0x1800 and the MSI-X table at 0x1c00.
fn device() -> Space {
    let mut space = [0; 64];
    let mut put = |place: usize, words: &[u32]| {
        space[place / 4..][..words.len()].copy_from_slice(words);
    };
    put(0x00, &[0x1041_1af4, 0x0010_0103]);
    put(0x20, &[BASE as u32 | 4, (BASE >> 32) as u32]);
    put(0x34, &[0x40]);
    put(0x40, &structure(1, 0x50, 0, 56));
    put(0x50, &structure(2, 0x64, 0x1000, 0x400));
    put(0x60, &[4]);
    put(0x64, &structure(4, 0x74, 0x1800, 0x100));
    put(0x74, &[0x11 | 0x80 << 8 | 1 << 16, 0x1c00 | 4, 0x1d00 | 4]);
    put(0x80, &structure(5, 0, 0, 0));
    Space(RefCell::new(space))
}

fn open(space: &Space, memory: &mut Memory) -> Result<PciTransport, DeviceError> {
    PciTransport::new(space, function(), memory, MESSAGE)
}

/// What becomes of the device when a word of its configuration space is another.
fn open_with(place: usize, word: u32) -> Option<DeviceError> {
    let space = device();
    space.0.borrow_mut()[place / 4] = word;
    open(&space, &mut Memory::new(BASE, 0x2000)).err()
}

#[test]
fn devices_are_told_by_their_numbers() {
    let type_of = |id| {
        let space = device();
        space.0.borrow_mut()[0] = id;
        super::device(&space, function())
    };
    assert_eq!(type_of(0x1041_1af4), Some(1));
    assert_eq!(type_of(0x1000_1af4), Some(1));
    assert_eq!(type_of(0x1044_1af4), Some(4));
    assert_eq!(type_of(0x1001_1af4), Some(2));
    assert_eq!(type_of(0x1005_1af4), Some(4));
    assert_eq!(type_of(0x1041_8086), None);
    assert_eq!(type_of(0x1002_1af4), None);
    assert_eq!(type_of(0x0000_1af4), None);
    assert_eq!(type_of(0xffff_ffff), None);
}

#[test]
fn the_function_is_switched_on_and_interrupts_by_the_message() {
    let space = device();
    let mut memory = Memory::new(BASE, 0x2000);
    open(&space, &mut memory).unwrap();
    assert_eq!(
        space.0.borrow()[1] & 0xffff,
        0x0107,
        "memory and bus master"
    );
    assert_eq!(space.0.borrow()[0x74 / 4] >> 30, 2, "on, and not masked");
    let entry: Vec<u32> = (0..4)
        .map(|word| memory.registers().read(0x1c00 + 4 * word))
        .collect();
    assert_eq!(entry, [0xfee0_1000, 0, 0x21, 0]);
}

#[test]
fn queues_are_described_and_notified() {
    let space = device();
    let mut memory = Memory::new(BASE, 0x2000);
    let mut transport = open(&space, &mut memory).unwrap();
    let registers = memory.registers();
    registers.write(common::QUEUE_NOTIFY_OFF, 3_u16);
    registers.write(common::CONFIG_MSIX_VECTOR, 0xffff_u16);
    registers.write(common::QUEUE_MSIX_VECTOR, 0xffff_u16);
    let addresses = QueueAddresses {
        descriptor_table: 0x1_2345_6000,
        avail_ring: 0x1_2345_6400,
        used_ring: 0x1_2345_7000,
    };
    transport.enable_queue(1, 64, addresses).unwrap();
    let word = |offset| registers.read::<u32>(offset);
    assert_eq!(registers.read::<u16>(common::QUEUE_SELECT), 1);
    assert_eq!(registers.read::<u16>(common::QUEUE_SIZE), 64);
    assert_eq!(registers.read::<u16>(common::QUEUE_ENABLE), 1);
    assert_eq!(registers.read::<u16>(common::QUEUE_MSIX_VECTOR), 0);
    assert_eq!(registers.read::<u16>(common::CONFIG_MSIX_VECTOR), 0);
    assert_eq!([word(32), word(36)], [0x2345_6000, 1]);
    assert_eq!([word(40), word(44)], [0x2345_6400, 1]);
    assert_eq!([word(48), word(52)], [0x2345_7000, 1]);
    transport.notify(1);
    assert_eq!(registers.read::<u16>(0x1000 + 3 * 4), 1);
    registers.write(0x1802, 0xab_u8);
    assert_eq!(transport.read_config(2), 0xab);
    assert_eq!(transport.read_config(0x100), 0, "behind its end");
    // A doorbell behind the end of the notification registers.
    registers.write(common::QUEUE_NOTIFY_OFF, 0x100_u16);
    let refused = transport.enable_queue(0, 64, addresses);
    assert!(matches!(refused, Err(DeviceError::Registers(_))));
    let refused = transport.enable_queue(u16::MAX, 64, addresses);
    assert!(refused.is_err());
}

#[test]
fn a_device_that_lacks_something_is_refused() {
    let no_list = 0x0000_0103;
    assert_eq!(open_with(0x04, no_list), Some(DeviceError::Legacy));
    assert_eq!(open_with(0x34, 0), Some(DeviceError::Legacy));
    let last = 0x11 << 8;
    assert_eq!(open_with(0x74, last), Some(DeviceError::Interrupts));
    let elsewhere = 0x1c00 | 5;
    assert_eq!(open_with(0x78, elsewhere), Some(DeviceError::Interrupts));
    let registers = |place, word| matches!(open_with(place, word), Some(DeviceError::Registers(_)));
    assert!(registers(0x20, 0xc001), "an I/O port");
    assert!(registers(0x20, 0xffff_ffff));
    assert!(registers(0x24, 0x39), "no registers there");
    assert!(registers(0x44, 6), "there is no base address 6");
    assert!(registers(0x44, 5), "half an address");
    assert!(registers(0x48, 0xffff_fff0));
    assert!(registers(0x5c, 0x10_0000), "more than there is");
}

#[test]
fn a_function_without_an_address_is_not_enabled() {
    for (places, words) in [
        (&[0x20, 0x24][..], [4, 0]),
        // MSI-X alone is in another BAR.
        (&[0x78, 0x10], [0x1c00, 0]),
    ] {
        let space = device();
        for (place, word) in places.iter().zip(words) {
            space.0.borrow_mut()[place / 4] = word;
        }
        space.0.borrow_mut()[1] = 0x0010_0000;
        let refused = open(&space, &mut Memory::new(BASE, 0x2000)).err();
        assert_eq!(refused, Some(DeviceError::Unassigned));
        assert_eq!(space.0.borrow()[1], 0x0010_0000);
    }
}

#[test]
fn a_list_that_goes_in_a_circle_ends() {
    assert_eq!(open_with(0x40, 0x09 | 0x40 << 8), Some(DeviceError::Legacy));
}

proptest! {
    #[test]
    fn any_configuration_space_is_survived(
        changes in prop::collection::vec((0..64_usize, any::<u32>()), 0..8),
        registers in prop::collection::vec((0..0x800_usize, any::<u32>()), 0..16),
    ) {
        let space = device();
        for (place, word) in changes {
            space.0.borrow_mut()[place] = word;
        }
        let mut memory = Memory::new(BASE, 0x2000);
        for (place, word) in registers {
            memory.registers().write(4 * place, word);
        }
        if let Ok(mut transport) = open(&space, &mut memory) {
            let addresses = QueueAddresses { descriptor_table: 0, avail_ring: 0, used_ring: 0 };
            let size = transport.max_queue_size(0);
            let _ = transport.enable_queue(0, size, addresses);
            transport.notify(0);
            transport.read_config(0);
        }
    }
}
