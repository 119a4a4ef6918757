//! The functions in the process of a test, in which paths are the host's. Descriptors of mounted files work there too.

use super::{locked, table::is_mounted};
use crate::{
    files::{self, open::openat64},
    process::NO_FILES,
};
use alloc::{ffi::CString, vec};
use std::{
    fs::{self, File},
    io::{self, IoSliceMut, Read, Seek, Write},
    os::{
        fd::{AsRawFd, FromRawFd, IntoRawFd, OwnedFd},
        unix::{fs::FileExt, net::UnixStream},
    },
    sync::{Once, mpsc},
    thread,
    vec::Vec,
};

/// Opens a new mounted file.
fn create(name: &str) -> File {
    static MOUNTED: Once = Once::new();
    MOUNTED.call_once(|| locked(|| files::mount(NO_FILES, 1 << 20)));
    open(name, libc::O_CREAT | libc::O_EXCL)
}

/// Opens a mounted file.
fn open(name: &str, flags: i32) -> File {
    let path = CString::new(std::format!("/tmp/{name}")).expect("a path");
    let flags = flags | libc::O_RDWR | libc::O_CLOEXEC;
    // SAFETY: the path is a string, and the descriptor is new.
    unsafe {
        let opened = locked(|| openat64(libc::AT_FDCWD, path.as_ptr(), flags, 0o644));
        assert!(opened >= 0, "{}", io::Error::last_os_error());
        File::from_raw_fd(opened)
    }
}

#[test]
fn until_a_program_begins_paths_are_the_hosts() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("file");
    fs::write(&path, "text").expect("a file");
    let canonical = fs::canonicalize(&path).expect("a path");
    assert_eq!(fs::read(&canonical).expect("the file"), b"text");
    assert_eq!(fs::metadata(&path).expect("the file").len(), 4);
    let link = directory.path().join("link");
    std::os::unix::fs::symlink(&path, &link).expect("a link");
    assert_eq!(fs::read_link(&link).expect("the link"), path);
    fs::copy(&link, directory.path().join("copy")).expect("the file");
    fs::hard_link(&path, directory.path().join("other")).expect("a link");
    fs::rename(&link, directory.path().join("moved")).expect("the link");
    let entries = fs::read_dir(directory.path()).expect("the directory");
    let mut names: Vec<_> = entries
        .map(|entry| entry.expect("a name").file_name())
        .collect();
    names.sort();
    assert_eq!(names, ["copy", "file", "moved", "other"]);
    assert!(std::env::current_dir().expect("a directory").is_absolute());
    fs::remove_dir_all(directory.path()).expect("the directory");
}

#[test]
fn a_duplicate_denotes_the_same_file() {
    let mut file = create("duplicated");
    file.write_all(b"one two").expect("room");
    file.rewind().expect("a file");
    let mut other = file.try_clone().expect("a descriptor");
    let number = file.as_raw_fd();
    assert!(is_mounted(number) && is_mounted(other.as_raw_fd()));
    drop(file);
    assert!(!is_mounted(number));
    let mut text = [0; 3];
    other.read_exact(&mut text).expect("the text");
    assert_eq!(&text, b"one");
    assert_eq!(other.stream_position().expect("a file"), 3);
}

#[test]
fn a_number_denotes_what_was_duplicated_to_it() {
    let mut file = create("replaced");
    file.write_all(b"text").expect("room");
    let (socket, mut peer) = UnixStream::pair().expect("a pair");
    let number = socket.into_raw_fd();
    // SAFETY: the numbers are those of open descriptors, which this test owns.
    let (result, mut file_there) = unsafe {
        let result = libc::dup2(file.as_raw_fd(), number);
        (result, File::from_raw_fd(number))
    };
    assert_eq!(result, number);
    assert!(is_mounted(number));
    file_there.rewind().expect("a file");
    let mut text = vec![];
    file_there.read_to_end(&mut text).expect("the text");
    assert_eq!(text, b"text");
    // And a socket again.
    let (socket, mut other_peer) = UnixStream::pair().expect("a pair");
    // SAFETY: as above.
    assert_eq!(unsafe { libc::dup2(socket.as_raw_fd(), number) }, number);
    assert!(!is_mounted(number));
    file_there.write_all(b"x").expect("a peer");
    let mut byte = [0];
    other_peer.read_exact(&mut byte).expect("a byte");
    assert_eq!(&byte, b"x");
    assert_eq!(peer.read(&mut byte).expect("the end"), 0);
}

#[test]
fn parts_are_read_and_written() {
    let mut file = create("parts");
    file.write_all(b"01234567").expect("room");
    let mut parts = ([0; 3], [0; 9]);
    file.rewind().expect("a file");
    let slices = &mut [IoSliceMut::new(&mut parts.0), IoSliceMut::new(&mut parts.1)];
    assert_eq!(file.read_vectored(slices).expect("a file"), 8);
    assert_eq!(parts, (*b"012", *b"34567\0\0\0\0"));
    file.write_all_at(b"x", 2).expect("room");
    let mut text = [0; 4];
    file.read_exact_at(&mut text, 1).expect("the text");
    assert_eq!(&text, b"1x34");
    file.set_len(3).expect("a file");
    assert_eq!(file.seek(io::SeekFrom::End(0)).expect("a file"), 3);
}

#[test]
fn a_lock_waits_without_holding_others() {
    let (one, other) = (create("locked"), open("locked", 0));
    one.lock().expect("a lock");
    assert!(other.try_lock().is_err());
    let (sender, receiver) = mpsc::channel();
    let waiting = thread::spawn(move || {
        sender.send(()).expect("a receiver");
        other.lock().expect("a lock");
    });
    receiver.recv().expect("a sender");
    // Other files are used while it waits.
    create("meanwhile").write_all(b"text").expect("room");
    one.unlock().expect("the lock");
    waiting.join().expect("no panic");
}

#[test]
fn the_kernel_sees_no_contents() {
    let file = create("opaque");
    let number = file.as_raw_fd();
    // SAFETY: the descriptors are open, and no pointer is used.
    unsafe {
        let map = libc::mmap(
            core::ptr::null_mut(),
            1,
            libc::PROT_READ,
            libc::MAP_PRIVATE,
            number,
            0,
        );
        assert_eq!(map, libc::MAP_FAILED);
        assert_eq!(errno(), libc::ENODEV);
        assert_eq!(libc::isatty(number), 0);
        assert_eq!(
            libc::fcntl(number, libc::F_GETFL) & libc::O_ACCMODE,
            libc::O_RDWR
        );
        assert_eq!(libc::fcntl(number, libc::F_GETFD), libc::FD_CLOEXEC);
        assert_eq!(libc::fcntl(number, libc::F_GETLK, 0), -1);
        assert_eq!(errno(), libc::EINVAL);
        let epoll = OwnedFd::from_raw_fd(libc::epoll_create1(libc::EPOLL_CLOEXEC));
        let mut event = libc::epoll_event { events: 1, u64: 0 };
        let added = libc::epoll_ctl(epoll.as_raw_fd(), libc::EPOLL_CTL_ADD, number, &mut event);
        assert_eq!((added, errno()), (-1, libc::EPERM));
    }
}

fn errno() -> i32 {
    io::Error::last_os_error().raw_os_error().unwrap_or(0)
}
