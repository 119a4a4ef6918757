//! A disk in memory beside flash.

use super::*;
use alloc::rc::Rc;
use core::cell::{Cell, RefCell};
use embassy_futures::block_on;
use proptest::prelude::*;

/// A disk in memory, which is filled with zeros at first.
struct Memory {
    block_size: usize,
    bytes: RefCell<Vec<u8>>,
    /// The writes that are not flushed.
    unflushed: Rc<Cell<usize>>,
    /// The writes that succeed before the power is cut.
    remaining: Cell<usize>,
}

impl Memory {
    fn new(block_size: usize, block_count: usize) -> Self {
        Self {
            block_size,
            bytes: RefCell::new(vec![0; block_size * block_count]),
            unflushed: Rc::default(),
            remaining: Cell::new(usize::MAX),
        }
    }
}

impl Block for Memory {
    fn block_size(&self) -> usize {
        self.block_size
    }

    fn block_count(&self) -> u64 {
        (self.bytes.borrow().len() / self.block_size) as u64
    }

    fn is_read_only(&self) -> bool {
        false
    }

    async fn read(&self, first: u64, buffer: &mut [u8]) -> Result<(), BlockError> {
        assert!(buffer.len().is_multiple_of(self.block_size));
        let start = first as usize * self.block_size;
        buffer.copy_from_slice(&self.bytes.borrow()[start..][..buffer.len()]);
        Ok(())
    }

    async fn write(&self, first: u64, data: &[u8]) -> Result<(), BlockError> {
        assert!(data.len().is_multiple_of(self.block_size));
        let remaining = self.remaining.get().checked_sub(1);
        self.remaining.set(remaining.ok_or(BlockError::Lost)?);
        self.unflushed.set(self.unflushed.get() + 1);
        let start = first as usize * self.block_size;
        self.bytes.borrow_mut()[start..][..data.len()].copy_from_slice(data);
        Ok(())
    }

    async fn flush(&self) -> Result<(), BlockError> {
        self.unflushed.set(0);
        Ok(())
    }
}

#[derive(Debug, Clone)]
enum Step {
    Erase { from: usize, to: usize },
    Write { offset: usize, bytes: Vec<u8> },
    Read { offset: usize, length: usize },
}

/// The size of the devices.
const SIZE: usize = 8 * ERASE_SIZE;

fn step() -> impl Strategy<Value = Step> {
    let sectors = SIZE / ERASE_SIZE;
    let bytes = proptest::collection::vec(any::<u8>(), 0..9000);
    prop_oneof![
        (0..=sectors, 0..=sectors).prop_map(|(one, other)| Step::Erase {
            from: one.min(other) * ERASE_SIZE,
            to: one.max(other) * ERASE_SIZE,
        }),
        (0..SIZE, bytes).prop_map(|(offset, bytes)| Step::Write { offset, bytes }),
        (0..SIZE, 0..9000_usize).prop_map(|(offset, length)| Step::Read { offset, length }),
    ]
}

proptest! {
    #[test]
    fn a_disk_is_flash_whatever_its_block_size(
        block_size in prop_oneof![Just(512), Just(4096), Just(16384)],
        steps in proptest::collection::vec(step(), 1..20),
    ) {
        let disk = Memory::new(block_size, SIZE / block_size);
        let mut flash = vec![0; SIZE];
        for step in steps {
            match step {
                Step::Erase { from, to } => {
                    flash[from..to].fill(0xFF);
                    block_on(erase(&disk, from as u32, to as u32)).expect("a range");
                }
                Step::Write { offset, bytes } => {
                    let written = block_on(write(&disk, offset as u32, &bytes));
                    let range = flash.get_mut(offset..offset + bytes.len());
                    prop_assert_eq!(written.is_ok(), range.is_some());
                    for (byte, new) in range.unwrap_or_default().iter_mut().zip(bytes) {
                        *byte &= new;
                    }
                }
                Step::Read { offset, length } => {
                    let mut bytes = vec![1; length];
                    let read = block_on(read(&disk, offset as u32, &mut bytes));
                    match flash.get(offset..offset + length) {
                        Some(expected) => prop_assert_eq!(&bytes, expected),
                        None => prop_assert_eq!(read, Err(BlockError::OutOfRange)),
                    }
                }
            }
            prop_assert_eq!(disk.unflushed.get(), 0);
        }
        prop_assert_eq!(&*disk.bytes.borrow(), &flash);
    }
}

#[test]
fn only_whole_sectors_within_the_disk_are_erased() {
    let disk = Memory::new(512, 17);
    assert_eq!(capacity(&disk), 2 * ERASE_SIZE);
    for (from, to, error) in [
        (0, 1, BlockError::NotWholeBlocks),
        (512, 4096, BlockError::NotWholeBlocks),
        (4096, 0, BlockError::OutOfRange),
        (8192, 12288, BlockError::OutOfRange),
        (8192, u32::MAX, BlockError::OutOfRange),
    ] {
        assert_eq!(block_on(erase(&disk, from, to)), Err(error), "{from}..{to}");
    }
    assert!(disk.bytes.borrow().iter().all(|byte| *byte == 0));
}

#[test]
fn a_power_cut_leaves_the_bytes_beside_a_write() {
    let disk = Memory::new(512, 16);
    block_on(erase(&disk, 0, 8192)).expect("a range");
    block_on(write(&disk, 100, b"before")).expect("a range");
    disk.remaining.set(1);
    // It has two parts, as it crosses a sector.
    let cut = block_on(write(&disk, 4000, &[0; 200]));
    assert_eq!(cut, Err(BlockError::Lost));
    let bytes = disk.bytes.borrow();
    assert_eq!(&bytes[100..106], b"before");
    assert_eq!((bytes[3999], bytes[4000], bytes[4096]), (0xFF, 0, 0xFF));
}

/// Has more bytes than offsets of 32 bits can address.
struct Large;

impl Block for Large {
    fn block_size(&self) -> usize {
        4096
    }

    fn block_count(&self) -> u64 {
        u64::MAX / 2
    }

    fn is_read_only(&self) -> bool {
        true
    }

    async fn read(&self, first: u64, buffer: &mut [u8]) -> Result<(), BlockError> {
        assert!(first < 1 << 20);
        buffer.fill(7);
        Ok(())
    }

    async fn write(&self, _: u64, _: &[u8]) -> Result<(), BlockError> {
        Err(BlockError::ReadOnly)
    }

    async fn flush(&self) -> Result<(), BlockError> {
        Ok(())
    }
}

#[test]
fn the_first_4_gib_of_a_large_disk_are_used() {
    assert_eq!(capacity(&Large), (1 << 32) - ERASE_SIZE);
    let mut bytes = [0; 2];
    let last = (capacity(&Large) - 2) as u32;
    assert_eq!(block_on(read(&Large, last, &mut bytes)), Ok(()));
    assert_eq!(bytes, [7; 2]);
    let beyond = block_on(read(&Large, last + 1, &mut bytes));
    assert_eq!(beyond, Err(BlockError::OutOfRange));
    assert_eq!(block_on(write(&Large, 0, &[0])), Err(BlockError::ReadOnly));
}
