//! Writing below `/tmp`.

use super::transcript::step;
use std::{
    ffi::c_int,
    fs::{self, File, OpenOptions, Permissions, TryLockError},
    io::{self, IoSlice, IoSliceMut, Read, Seek, SeekFrom, Write},
    os::{
        fd::AsRawFd,
        unix::fs::{FileExt, MetadataExt, PermissionsExt},
    },
    sync::Arc,
    thread,
    time::{Duration, SystemTime},
};

pub fn run() {
    step("write", fs::write("/tmp/a", "hello"));
    step("read", fs::read_to_string("/tmp/a"));
    step("append", append());
    step("read appended", fs::read_to_string("/tmp/a"));
    step("append by a flag", append_by_flag());
    step("vectored", vectored());
    step("at offsets", at_offsets());
    step("lengths", lengths());
    step("copy", fs::copy("/docs/notes.txt", "/tmp/copy"));
    step("read copy", fs::read_to_string("/tmp/copy"));
    step(
        "copy to itself below a file",
        fs::copy("/tmp/a", "/tmp/a/b"),
    );
    step("create new", File::create_new("/tmp/a").map(drop));
    step("permissions", permissions());
    step("times", times());
    step("removed while open", removed());
    step("locks", locks());
    step("full", full());
    step("hard link", fs::hard_link("/tmp/missing", "/tmp/link"));
    step("write a directory", fs::write("/tmp", ""));
    step("remove", fs::remove_file("/tmp/copy"));
    step("remove again", fs::remove_file("/tmp/copy"));
}

fn append() -> io::Result<u64> {
    let mut file = OpenOptions::new().append(true).read(true).open("/tmp/a")?;
    file.write_all(b", ")?;
    file.rewind()?;
    file.write_all(b"world")?;
    file.sync_all()?;
    file.sync_data()?;
    file.stream_position()
}

unsafe extern "C" {
    fn fcntl(descriptor: c_int, command: c_int, ...) -> c_int;
}

const F_GETFL: c_int = 3;
const F_SETFL: c_int = 4;
const O_APPEND: c_int = 0o2000;

/// The flag can be set and cleared while the file is open.
fn append_by_flag() -> io::Result<(bool, String)> {
    let mut file = File::create("/tmp/appended")?;
    let descriptor = file.as_raw_fd();
    // SAFETY: these commands take and return numbers.
    let set = |flags: c_int| unsafe { fcntl(descriptor, F_SETFL, flags) };
    // SAFETY: as above.
    let flags = || unsafe { fcntl(descriptor, F_GETFL) };
    file.write_all(b"0123456789")?;
    file.rewind()?;
    set(O_APPEND);
    let is_set = flags() & O_APPEND != 0;
    file.write_all(b"AB")?;
    set(0);
    file.rewind()?;
    file.write_all(b"x")?;
    Ok((is_set, fs::read_to_string("/tmp/appended")?))
}

fn vectored() -> io::Result<(usize, usize, String)> {
    let mut file = File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(true)
        .open("/tmp/vectored")?;
    let written = file.write_vectored(&[IoSlice::new(b"one "), IoSlice::new(b"two")])?;
    file.rewind()?;
    let (mut first, mut second) = ([0; 2], [0; 10]);
    let read =
        file.read_vectored(&mut [IoSliceMut::new(&mut first), IoSliceMut::new(&mut second)])?;
    let text = [&first[..], &second[..read - first.len()]].concat();
    Ok((written, read, String::from_utf8_lossy(&text).into_owned()))
}

fn at_offsets() -> io::Result<(usize, Vec<u8>)> {
    let file = File::create("/tmp/sparse")?;
    file.write_all_at(b"end", 10_000)?;
    file.write_all_at(b"start", 0)?;
    let bytes = fs::read("/tmp/sparse")?;
    let zeroes = bytes.iter().filter(|byte| **byte == 0).count();
    Ok((zeroes, bytes[9_998..].to_vec()))
}

fn lengths() -> io::Result<Vec<u64>> {
    let file = File::options().write(true).open("/tmp/sparse")?;
    let mut lengths = Vec::new();
    for length in [5, 20_000, 0] {
        file.set_len(length)?;
        lengths.push(file.metadata()?.len());
    }
    step("length of a reader", File::open("/tmp/sparse")?.set_len(1));
    Ok(lengths)
}

fn permissions() -> io::Result<u32> {
    fs::set_permissions("/tmp/a", Permissions::from_mode(0o640))?;
    Ok(fs::metadata("/tmp/a")?.permissions().mode())
}

fn times() -> io::Result<(bool, i64, i64)> {
    let before = SystemTime::now() - Duration::from_secs(2);
    fs::write("/tmp/a", "hello")?;
    let is_new = fs::metadata("/tmp/a")?.modified()? >= before;
    let file = File::options().write(true).open("/tmp/a")?;
    file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_millis(1_500))?;
    let metadata = file.metadata()?;
    Ok((is_new, metadata.mtime(), metadata.mtime_nsec()))
}

fn removed() -> io::Result<(u64, String, bool)> {
    fs::write("/tmp/removed", "still there")?;
    let mut file = File::options()
        .read(true)
        .write(true)
        .open("/tmp/removed")?;
    fs::remove_file("/tmp/removed")?;
    let mut text = String::new();
    file.seek(SeekFrom::Start(6))?;
    file.read_to_string(&mut text)?;
    Ok((file.metadata()?.nlink(), text, fs::exists("/tmp/removed")?))
}

fn locks() -> io::Result<Vec<bool>> {
    let open = || File::options().write(true).open("/tmp/a");
    let (first, second) = (open()?, open()?);
    let is_refused = |result| matches!(result, Err(TryLockError::WouldBlock));
    first.lock_shared()?;
    let shared = second.try_lock_shared().is_ok();
    second.unlock()?;
    first.lock()?;
    let mut results = vec![
        shared,
        is_refused(second.try_lock()),
        is_refused(second.try_lock_shared()),
    ];
    // The lock is that of the open file: two threads that wait both have it.
    let second = Arc::new(second);
    let waiting =
        [second.clone(), second].map(|second| thread::spawn(move || second.lock().is_ok()));
    drop(first);
    results.extend(waiting.map(|thread| thread.join().is_ok_and(|locked| locked)));
    Ok(results)
}

/// Fills `/tmp`, whose limit is 256 KiB, and removes the file.
fn full() -> io::Result<bool> {
    let mut file = File::create("/tmp/full")?;
    let mut total = 0;
    let error = loop {
        match file.write(&[7; 10_000]) {
            Ok(count) => total += count,
            Err(error) => break error,
        }
    };
    step("no space", Err::<(), _>(error));
    let length = fs::metadata("/tmp/full")?.len();
    drop(file);
    fs::remove_file("/tmp/full")?;
    fs::write("/tmp/after", [1; 50_000])?;
    fs::remove_file("/tmp/after")?;
    Ok(length == total as u64 && total > 100_000)
}
