use super::*;
use alloc::{vec, vec::Vec};
use core::cell::{Cell, RefCell};
use embassy_futures::block_on;

/// A tender with a disk in memory, which takes `MAX` blocks a call.
struct Fake<const MAX: usize> {
    bytes: RefCell<Vec<u8>>,
    /// Calls that are done before the first that is not.
    patience: Cell<usize>,
    max_length: Cell<usize>,
}

impl<const MAX: usize> Fake<MAX> {
    fn is_done(&self, length: usize) -> bool {
        self.max_length.set(self.max_length.get().max(length));
        let left = self.patience.get();
        self.patience.set(left.saturating_sub(1));
        left > 0
    }
}

impl<const MAX: usize> BlockCalls for &Fake<MAX> {
    const MAX_BLOCKS: usize = MAX;

    fn read(&self, offset: u64, buffer: &mut [u8]) -> bool {
        let start = offset as usize;
        buffer.copy_from_slice(&self.bytes.borrow()[start..start + buffer.len()]);
        self.is_done(buffer.len())
    }

    fn write(&self, offset: u64, data: &[u8]) -> bool {
        let start = offset as usize;
        self.bytes.borrow_mut()[start..start + data.len()].copy_from_slice(data);
        self.is_done(data.len())
    }
}

fn fake<const MAX: usize>(patience: usize) -> Fake<MAX> {
    Fake {
        bytes: RefCell::new(vec![0; 8 * 512]),
        patience: Cell::new(patience),
        max_length: Cell::new(0),
    }
}

fn is_kept<const MAX: usize>(longest: usize) {
    let fake = fake::<MAX>(usize::MAX);
    let disk = Solo5Block::new(&fake, 512, 8 * 512).expect("a disk");
    assert_eq!((disk.block_size(), disk.block_count()), (512, 8));
    let data: Vec<u8> = (0..3 * 512).map(|index| (index / 7) as u8).collect();
    assert_eq!(block_on(disk.write(5, &data)), Ok(()));
    assert_eq!(fake.bytes.borrow()[5 * 512..], data);
    let mut back = vec![0; 4 * 512];
    assert_eq!(block_on(disk.read(4, &mut back)), Ok(()));
    assert_eq!(back[512..], data);
    assert_eq!(fake.max_length.get(), longest);
}

#[test]
fn blocks_are_kept_and_go_by_as_many_as_a_call_takes() {
    is_kept::<1>(512);
    is_kept::<3>(3 * 512);
    is_kept::<{ usize::MAX }>(4 * 512);
}

#[test]
fn what_is_no_block_of_the_disk_is_never_asked_for() {
    let fake = fake::<1>(0);
    let disk = Solo5Block::new(&fake, 512, 8 * 512).expect("a disk");
    let outside = block_on(disk.write(8, &[0; 512]));
    assert_eq!(outside, Err(BlockError::OutOfRange));
    let part = block_on(disk.read(0, &mut [0; 511]));
    assert_eq!(part, Err(BlockError::NotWholeBlocks));
    assert_eq!(block_on(disk.read(8, &mut [])), Ok(()));
}

#[test]
fn a_call_that_is_not_done_is_a_failure() {
    let fake = fake::<1>(1);
    let disk = Solo5Block::new(&fake, 512, 8 * 512).expect("a disk");
    let failed = block_on(disk.write(0, &[0; 1024]));
    assert_eq!(failed, Err(BlockError::Failed));
}

#[test]
fn impossible_disks_are_refused() {
    let fake = fake::<1>(0);
    for (block_size, capacity) in [(0, 0), (256, 1024), (513, 513), (512, 1000)] {
        let refused = Solo5Block::new(&fake, block_size, capacity);
        assert!(refused.is_err(), "{block_size} {capacity}");
    }
}
