//! `mirage_rt::task`.

use core::future::pending;
use mirage_rt::{
    device::StartError,
    spawn,
    task::{JoinError, JoinHandle, JoinSet, NotSpawned},
    yield_now,
};

pub async fn exercise() {
    let handle: JoinHandle<()> = spawn(pending());
    assert!(!handle.is_finished());
    handle.abort();
    let aborted: JoinError = handle.await.expect_err("it was aborted");
    assert!(aborted.is_cancelled());
    let _ = StartError::from(aborted);

    let mut set = JoinSet::new();
    assert!(set.is_empty());
    set.spawn(async { 1 });
    let spawned = set.try_spawn(async { 2 });
    // Memory is not exhausted. If it were, the future would come back.
    assert!(spawned.map_err(|NotSpawned(future)| drop(future)).is_ok());
    assert_eq!(set.len(), 2);
    assert_eq!(set.join_next().await, Some(Ok(1)));
    set.detach_all();
    set.spawn(pending());
    set.abort_all();
    assert!(set.join_next().await.is_some_and(|result| result.is_err()));
    set.spawn(pending());
    set.shutdown().await;
    yield_now().await;
}
