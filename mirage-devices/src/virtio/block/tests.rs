use super::{
    requests::{MAX_REQUESTS, NO_STATUS},
    *,
};
use crate::virtio::model::{Buffer, Model};
use alloc::{vec, vec::Vec};
use core::pin::pin;
use embassy_futures::{
    block_on,
    join::join,
    poll_once,
    select::{Either, select},
    yield_now,
};
use proptest::prelude::*;
use std::collections::BTreeMap;

type Disk = VirtioBlock<Model>;

/// Capacity in sectors, and block size in bytes.
fn configuration(sectors: u64, block_size: u32) -> Vec<u8> {
    let mut configuration = vec![0; 24];
    configuration[..8].copy_from_slice(&sectors.to_le_bytes());
    configuration[20..].copy_from_slice(&block_size.to_le_bytes());
    configuration
}

fn model(features: u64) -> Model {
    Model::new(features, &configuration(1024, 4096), 1)
}

fn start(model: &Model) -> Disk {
    VirtioBlock::new(model.clone()).unwrap()
}

/// The device's side: answers requests as a disk does.
#[derive(Default)]
struct Platter {
    sectors: BTreeMap<u64, Vec<u8>>,
    flushes: usize,
    /// What each request ends with instead of success.
    status: u8,
}

impl Platter {
    fn sector(&self, sector: u64) -> Vec<u8> {
        self.sectors.get(&sector).cloned().unwrap_or(vec![0; 512])
    }

    fn serve(&mut self, model: &Model) {
        while let Some(request) = model.take_request(0) {
            let written = self.answer(model, &request);
            model.give_back(0, request[0].id.into(), written);
        }
    }

    /// Does what a request asks for; how much it has written.
    fn answer(&mut self, model: &Model, request: &[Buffer]) -> u32 {
        let (header, rest) = request.split_first().unwrap();
        let (status, data) = rest.split_last().unwrap();
        let header = model.read(*header);
        let kind = u32::from_le_bytes(header[..4].try_into().unwrap());
        let first = u64::from_le_bytes(header[8..].try_into().unwrap());
        let mut written = 1;
        match (kind, data) {
            (0, [data]) => {
                let sectors = first..first + u64::from(data.length) / 512;
                let bytes: Vec<_> = sectors.flat_map(|sector| self.sector(sector)).collect();
                model.write(*data, &bytes);
                written += data.length;
            }
            (1, [data]) => {
                for (sector, bytes) in (first..).zip(model.read(*data).chunks(512)) {
                    self.sectors.insert(sector, bytes.to_vec());
                }
            }
            (4, []) => self.flushes += 1,
            (8, [data]) => {
                model.write(*data, b"data\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
                written += data.length;
            }
            other => panic!("no request that this device knows: {other:?}"),
        }
        model.write(*status, &[self.status]);
        written
    }
}

/// Runs `test` while the device serves.
fn with_device<T>(
    model: &Model,
    disk: &Disk,
    platter: &mut Platter,
    test: impl Future<Output = T>,
) -> T {
    let mut line = model.interrupt();
    let serving = async {
        loop {
            platter.serve(model);
            yield_now().await;
        }
    };
    match block_on(select(test, join(serving, disk.work(&mut line)))) {
        Either::First(result) => result,
        Either::Second(_) => unreachable!("the device serves for ever"),
    }
}

#[test]
fn what_is_written_is_read_again() {
    let model = model(VIRTIO_BLK_F_BLK_SIZE | VIRTIO_BLK_F_FLUSH);
    let disk = start(&model);
    assert_eq!((disk.block_size(), disk.block_count()), (4096, 128));
    let mut platter = Platter::default();
    // More than a request holds.
    let data: Vec<u8> = (0..3 * DATA as u32 / 2)
        .map(|index| (index / 7) as u8)
        .collect();
    let (read, name) = with_device(&model, &disk, &mut platter, async {
        disk.write(3, &data).await.unwrap();
        disk.flush().await.unwrap();
        let mut read = vec![0; data.len()];
        disk.read(3, &mut read).await.unwrap();
        (read, disk.device_id().await.unwrap())
    });
    assert!(read == data);
    assert_eq!(platter.flushes, 1);
    assert_eq!(platter.sector(24), data[..512]);
    assert_eq!(&name[..5], b"data\0");
}

#[test]
fn several_requests_are_under_way_at_once() {
    let model = model(0);
    let disk = start(&model);
    let mut line = model.interrupt();
    let mut blocks = [[0; 512]; 6];
    let mut reads: Vec<_> = (0_u64..)
        .zip(&mut blocks)
        .map(|(block, buffer)| {
            let disk = disk.clone();
            alloc::boxed::Box::pin(async move { disk.read(block, buffer).await })
        })
        .collect();
    for read in &mut reads {
        assert!(poll_once(read.as_mut()).is_pending());
    }
    let requests: Vec<_> = core::iter::from_fn(|| model.take_request(0)).collect();
    assert_eq!(requests.len(), usize::from(MAX_REQUESTS));
    // In another order than they were asked for.
    let mut platter = Platter::default();
    for request in requests.iter().rev() {
        let written = platter.answer(&model, request);
        model.give_back(0, request[0].id.into(), written);
    }
    with_device(&model, &disk, &mut platter, async {
        for read in reads {
            read.await.unwrap();
        }
    });
    let _ = poll_once(pin!(disk.work(&mut line)));
}

#[test]
fn an_abandoned_request_keeps_its_buffer() {
    let model = model(0);
    let disk = start(&model);
    let mut buffer = [0; 512];
    {
        let abandoned = pin!(disk.read(0, &mut buffer));
        assert!(poll_once(abandoned).is_pending());
    }
    let abandoned = model.take_request(0).unwrap();
    let mut platter = Platter::default();
    platter.sectors.insert(9, vec![9; 512]);
    with_device(&model, &disk, &mut platter, async {
        disk.read(9, &mut buffer).await.unwrap();
        // Now the device writes to what it was given first.
        model.write(abandoned[1], &[7; 512]);
        model.give_back(0, abandoned[0].id.into(), 513);
        let mut more = [0; 5 * 512];
        disk.read(0, &mut more).await.unwrap();
    });
    assert_eq!(buffer, [9; 512]);
}

#[test]
fn a_device_that_fails_says_so() {
    let model = model(0);
    let disk = start(&model);
    for status in [1, 2, NO_STATUS] {
        let mut platter = Platter {
            status,
            ..Platter::default()
        };
        let result = with_device(&model, &disk, &mut platter, disk.read(0, &mut [0; 512]));
        assert_eq!(result, Err(BlockError::Failed), "{status}");
    }
}

#[test]
fn a_disk_that_can_only_be_read_is_not_written() {
    let model = model(VIRTIO_BLK_F_RO);
    let disk = start(&model);
    assert!(disk.is_read_only());
    let written = block_on(disk.write(0, &[0; 512]));
    assert_eq!(written, Err(BlockError::ReadOnly));
    assert!(model.take_request(0).is_none());
}

#[test]
fn a_disk_without_a_cache_need_not_be_flushed() {
    let model = model(0);
    let disk = start(&model);
    assert_eq!(block_on(disk.flush()), Ok(()));
    assert!(model.take_request(0).is_none());
}

#[test]
fn what_is_no_blocks_of_the_disk_is_refused() {
    let model = model(VIRTIO_BLK_F_BLK_SIZE);
    let disk = start(&model);
    for (first, length, error) in [
        (0, 512, BlockError::NotWholeBlocks),
        (128, 4096, BlockError::OutOfRange),
        (u64::MAX, 4096, BlockError::OutOfRange),
    ] {
        let read = block_on(disk.read(first, &mut vec![0; length]));
        assert_eq!(read, Err(error), "{first} {length}");
    }
}

#[test]
fn block_sizes_that_no_disk_has_are_refused() {
    for size in [0, 1, 256, 511, 513, 65536, u32::MAX] {
        let model = Model::new(VIRTIO_BLK_F_BLK_SIZE, &configuration(8, size), 1);
        let refused = VirtioBlock::new(model).err();
        assert_eq!(refused, Some(DeviceError::BlockSize(size)));
    }
    let small = model(0);
    small.state().limits = vec![2];
    assert_eq!(VirtioBlock::new(small).err(), Some(DeviceError::Queue(0)));
}

#[test]
fn a_device_in_need_of_a_reset_loses_its_requests() {
    let model = model(0);
    let disk = start(&model);
    let mut line = model.interrupt();
    let mut buffer = [0; 512];
    let mut read = pin!(disk.read(0, &mut buffer));
    assert!(poll_once(read.as_mut()).is_pending());
    model.need_reset();
    block_on(disk.work(&mut line));
    assert_eq!(block_on(read), Err(BlockError::Lost));
    assert_eq!(block_on(disk.flush()), Ok(()));
    assert_eq!(block_on(disk.read(0, &mut [0; 512])), Err(BlockError::Lost));
    assert_eq!(model.state().status, 0);
}

#[test]
fn a_device_that_is_dropped_is_reset() {
    let model = model(0);
    let disk = start(&model);
    assert_ne!(model.state().status, 0);
    drop(disk);
    assert_eq!(model.state().status, 0);
}

proptest! {
    /// Whatever the device gives back, requests end or wait, and nothing else happens.
    #[test]
    fn a_device_may_give_back_anything(
        given in prop::collection::vec((0..20_u32, prop_oneof![0..520_u32, any::<u32>()]), 1..12),
    ) {
        let model = model(0);
        model.state().honest = false;
        let disk = start(&model);
        let mut line = model.interrupt();
        for (id, length) in given {
            let mut buffer = [0; 1024];
            let mut reading = pin!(disk.read(0, &mut buffer));
            let waits = poll_once(reading.as_mut()).is_pending();
            model.give_back(0, id, length);
            let works = poll_once(pin!(disk.work(&mut line))).is_pending();
            if !works {
                prop_assert!(!waits || block_on(reading) == Err(BlockError::Lost));
                prop_assert_eq!(model.state().status, 0);
                break;
            }
        }
    }
}
