//! The descriptors of mounted files.

use super::one_at_a_time::OneAtATime;
use crate::{
    files::{file::File, status::Status},
    unix::program::errno::{self, Errno},
};
use alloc::{collections::BTreeMap, rc::Rc};
use core::{
    cell::RefCell,
    ffi::c_int,
    mem::MaybeUninit,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};
use mirage_devices::fs::OpenFile;

/// The maximum number of descriptors, as in an image.
const LIMIT: usize = 65_536;

/// A bit for each number that is a descriptor of a mounted file: other descriptors are used without the lock.
static IS_MOUNTED: [AtomicU64; LIMIT / 64] = [const { AtomicU64::new(0) }; LIMIT / 64];

/// The open files, by number.
static FILES: OneAtATime<RefCell<BTreeMap<c_int, Rc<File>>>> =
    OneAtATime(RefCell::new(BTreeMap::new()));

/// The word and the bit of a number; `None` if it cannot be a mounted file.
fn place(descriptor: c_int) -> Option<(&'static AtomicU64, u64)> {
    let index = usize::try_from(descriptor).ok()?;
    Some((IS_MOUNTED.get(index / 64)?, 1 << (index % 64)))
}

/// Returns whether a descriptor is that of a mounted file.
pub(super) fn is_mounted(descriptor: c_int) -> bool {
    // Whoever passes the number to another thread synchronises with it.
    place(descriptor).is_some_and(|(word, bit)| word.load(Relaxed) & bit != 0)
}

/// Lets a number that the kernel has reserved denote a file. Closes the number if it is too large.
pub(super) fn insert(descriptor: c_int, file: Rc<File>) -> Result<c_int, Errno> {
    let Some((word, bit)) = place(descriptor) else {
        close_on_host(descriptor);
        return Err(Errno(libc::EMFILE));
    };
    let replaced = FILES.0.borrow_mut().insert(descriptor, file);
    word.fetch_or(bit, Relaxed);
    // A file may wake others when it is dropped: the table is not borrowed then.
    drop(replaced);
    Ok(descriptor)
}

/// Lets a number denote what it is to the host. Returns the file that it denoted.
pub(super) fn forget(descriptor: c_int) -> Option<Rc<File>> {
    let (word, bit) = place(descriptor)?;
    word.fetch_and(!bit, Relaxed);
    FILES.0.borrow_mut().remove(&descriptor)
}

/// Returns an open file.
pub(super) fn get(descriptor: c_int) -> Option<Rc<File>> {
    FILES.0.borrow().get(&descriptor).cloned()
}

/// Returns the descriptors of mounted files from `first` to `last`.
pub(super) fn numbers(first: u32, last: u32) -> impl Iterator<Item = c_int> {
    let numbers = first..=last.min(LIMIT as u32 - 1);
    numbers
        .map(u32::cast_signed)
        .filter(|number| is_mounted(*number))
}

/// Lets all numbers denote what they are to the host.
pub(super) fn forget_all() {
    for word in &IS_MOUNTED {
        word.store(0, Relaxed);
    }
}

/// Opens a descriptor for a file that was opened with `flags`. To the kernel it is `/dev/null` with the same flags:
/// always ready, and no file for `epoll`, `mmap` and `ioctl`.
pub(crate) fn add(file: OpenFile, flags: c_int) -> Result<c_int, Errno> {
    let flags = flags & (libc::O_ACCMODE | libc::O_APPEND | libc::O_NONBLOCK | libc::O_CLOEXEC);
    let name = c"/dev/null".as_ptr();
    // SAFETY: the name is a string.
    let opened = unsafe { libc::syscall(libc::SYS_openat, libc::AT_FDCWD, name, flags) } as c_int;
    match opened {
        -1 => Err(errno::last()),
        descriptor => insert(descriptor, Rc::new(File(file))),
    }
}

/// Closes a descriptor of a mounted file.
pub(crate) fn remove(descriptor: c_int) {
    // Before the kernel can reserve the number for another.
    let file = forget(descriptor);
    if file.is_some() {
        close_on_host(descriptor);
    }
}

fn close_on_host(descriptor: c_int) {
    // SAFETY: the descriptor is that of a mounted file, which nothing else uses.
    unsafe { libc::syscall(libc::SYS_close, descriptor) };
}

/// Fails if the descriptor is not that of a mounted file.
pub(crate) fn check(descriptor: c_int) -> Result<(), Errno> {
    with_file(descriptor, libc::EINVAL, |_| Ok(()))
}

/// Calls `f` with an open file.
///
/// # Errors
/// `EBADF` if the descriptor is not open, `not_a_file` if it is the host's.
pub(crate) fn with_file<R>(
    descriptor: c_int,
    not_a_file: c_int,
    f: impl FnOnce(&OpenFile) -> Result<R, Errno>,
) -> Result<R, Errno> {
    if let Some(file) = get(descriptor) {
        return f(&file);
    }
    // SAFETY: the call has no conditions.
    match unsafe { libc::syscall(libc::SYS_fcntl, descriptor, libc::F_GETFD) } {
        -1 => Err(errno::last()),
        _ => Err(Errno(not_a_file)),
    }
}

/// Returns what a descriptor says of itself.
pub(crate) fn status(descriptor: c_int) -> Result<Status, Errno> {
    if let Some(file) = get(descriptor) {
        return Ok(Status::File(file.metadata()?));
    }
    let mut stat = MaybeUninit::<libc::stat64>::zeroed();
    // SAFETY: a place for the answer, of which all zeroes are a valid value.
    unsafe {
        match libc::syscall(libc::SYS_fstat, descriptor, stat.as_mut_ptr()) {
            -1 => Err(errno::last()),
            _ => Ok(Status::Other(stat.assume_init())),
        }
    }
}
