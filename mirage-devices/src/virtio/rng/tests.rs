use super::*;
use crate::virtio::model::Model;
use std::vec::Vec;

fn start() -> (Model, VirtioRng<Model>) {
    let model = Model::new(0, &[], 1);
    let mut rng = VirtioRng::new(model.clone()).unwrap();
    rng.request();
    (model, rng)
}

#[test]
fn bytes_are_asked_for_one_after_another() {
    let (model, mut rng) = start();
    for round in 0..10_u8 {
        rng.request();
        assert_eq!(rng.take(), Ok(None));
        let buffer = model.take(0).unwrap();
        assert_eq!(buffer.length, 32);
        assert!(model.take(0).is_none());
        model.write(buffer, &[round; 32]);
        model.give_back(0, 0, 20);
        assert_eq!(rng.take(), Ok(Some(([round; 32], 20))));
        assert_eq!(rng.take(), Ok(None));
        assert!(model.take(0).is_none(), "nothing is asked for in advance");
    }
    assert_eq!(model.state().notified.len(), 10);
}

#[test]
fn nonsense_is_no_entropy() {
    for (id, length) in [(1, 32), (u32::MAX, 32), (0, 33), (0, u32::MAX)] {
        let (model, mut rng) = start();
        model.give_back(0, id, length);
        assert_eq!(rng.take(), Err(Broken), "{id} {length}");
    }
    let (model, mut rng) = start();
    model.write_used(0, 2, 7);
    assert_eq!(rng.take(), Err(Broken));
}

#[test]
fn a_device_without_a_queue_is_refused() {
    let model = Model::new(0, &[], 0);
    let refused: Vec<_> = VirtioRng::new(model).err().into_iter().collect();
    assert_eq!(refused, [DeviceError::Queue(0)]);
}

#[test]
fn a_device_that_is_dropped_is_reset() {
    let (model, rng) = start();
    assert_ne!(model.state().status, 0);
    drop(rng);
    assert_eq!(model.state().status, 0);
}

#[test]
fn a_device_behind_the_platforms_addresses_is_accepted() {
    const VIRTIO_F_ACCESS_PLATFORM: u64 = 1 << 33;
    let model = Model::new(VIRTIO_F_ACCESS_PLATFORM, &[], 1);
    let _rng = VirtioRng::new(model.clone()).unwrap();
    assert_ne!(model.state().accepted & VIRTIO_F_ACCESS_PLATFORM, 0);
}
