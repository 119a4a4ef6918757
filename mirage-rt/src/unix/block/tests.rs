use super::*;
use crate::executor;

const CONFIG: DiskConfig = DiskConfig {
    node: "data",
    size: Some(4096),
    solo5_name: "storage",
    disks: &["data"],
};

/// Returns the disk in a file.
fn device(opened: io::Result<(File, bool)>) -> Device {
    let (file, read_only) = opened.unwrap();
    let block_count = file.metadata().unwrap().len() / 512;
    Device::File {
        file,
        block_count,
        read_only,
    }
}

fn run<T: 'static>(test: impl Future<Output = T> + 'static) -> T {
    executor::current().run_until(test)
}

#[test]
fn a_file_is_made_and_keeps_what_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.data.disk");
    let first = device(open_or_make(&path, CONFIG.size));
    assert_eq!(first.block_count(), 8);
    run(async move {
        first.write(7, &[7; 512]).await.unwrap();
        first.flush().await.unwrap();
        assert_eq!(first.write(8, &[7; 512]).await, Err(BlockError::OutOfRange));
    });
    // A larger declaration makes it larger.
    let again = device(open_or_make(&path, Some(8192)));
    assert_eq!(again.block_count(), 16);
    run(async move {
        let mut blocks = [1; 1024];
        again.read(7, &mut blocks).await.unwrap();
        assert_eq!(blocks[..512], [7; 512]);
        assert_eq!(blocks[512..], [0; 512]);
    });
}

#[test]
fn a_file_that_ends_under_the_disk_is_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.data.disk");
    let disk = device(open_or_make(&path, CONFIG.size));
    File::create(&path).unwrap();
    let read = run(async move { disk.read(0, &mut [0; 512]).await });
    assert_eq!(read, Err(BlockError::Failed));
}

#[test]
fn a_file_is_one_disk_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.data.disk");
    let first = open_or_make(&path, CONFIG.size).unwrap();
    for second in [open(&path), open_or_make(&path, CONFIG.size)] {
        let refused = second.unwrap_err();
        assert_eq!(refused.to_string(), "another disk of this process uses it");
    }
    drop(first);
    open(&path).unwrap();
}

#[test]
fn without_a_size_no_file_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.data.disk");
    let missing = open_or_make(&path, None).unwrap_err();
    assert_eq!(missing.kind(), io::ErrorKind::NotFound);
    assert!(!path.exists());
}

#[test]
fn a_disk_that_is_not_started_has_no_blocks() {
    let disk = CONFIG.wire();
    assert_eq!(disk.block_count(), 0);
    let read = run(async move { disk.read(0, &mut [0; 512]).await });
    assert_eq!(read, Err(BlockError::Lost));
}
