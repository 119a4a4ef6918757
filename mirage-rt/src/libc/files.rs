//! Files and directories: those of the image, device nodes in `/dev`, and `/tmp` in memory.
//!
//! There are no symbolic and no hard links, no users, no FIFOs and no locks of ranges. Permission bits are stored
//! and not enforced, as for Linux's root. The time of access is set by programs only. What is written is there at
//! once: `fsync` has nothing to do.

mod description;
mod directory;
mod flock;
mod lock;
mod metadata;
mod open;
mod paths;
mod position;
mod unsupported;

use super::{Errno, clock, random::getrandom, strings};
use crate::{freestanding::one_core::OneCore, platform, thread};
use alloc::{rc::Rc, vec::Vec};
use core::{cell::RefCell, ffi::c_char};
use mirage_devices::fs::{
    Base, DeviceNodes, FileError, MemoryFiles, MountTable, OpenOptions, Timestamp, Tree, TreeNode,
};

/// The mounted file systems, from the start of the program on.
static MOUNTS: OneCore<RefCell<Option<Rc<MountTable>>>> = OneCore(RefCell::new(None));

/// Mounts the files of the image, the device nodes and `/tmp` with a limit in bytes.
pub(crate) fn mount(files: &'static [TreeNode], tmp: u64) {
    let table = || {
        let started = now();
        // A program may ask whether a file is newer than what it knows: those of this image are.
        let mut table = MountTable::new(Rc::new(Tree::new(files, started)))?;
        table.mount(b"/dev", Rc::new(DeviceNodes::new(fill_random, started)))?;
        table.mount(b"/tmp", Rc::new(MemoryFiles::new(tmp, now)?))?;
        Ok::<_, FileError>(table)
    };
    match table() {
        Ok(table) => *MOUNTS.0.borrow_mut() = Some(Rc::new(table)),
        Err(error) => platform::fail(format_args!("the files were not mounted: {error}")),
    }
}

/// Returns the mounted file systems.
fn mounts() -> Result<Rc<MountTable>, Errno> {
    thread::yield_if_due();
    let mounts = MOUNTS.0.borrow().clone();
    mounts.ok_or(Errno(::libc::ENOENT))
}

/// Returns the contents of a file; `None` if it cannot be read.
pub(super) fn read(path: &[u8]) -> Option<Vec<u8>> {
    let mounts = mounts().ok()?;
    let file = mounts.open(Base::WorkingDirectory, path, &OpenOptions::READ);
    let file = file.ok()?;
    let mut contents = Vec::new();
    let mut buffer = [0; 512];
    loop {
        match file.read(&mut buffer).ok()? {
            0 => return Some(contents),
            count => contents.extend_from_slice(&buffer[..count]),
        }
    }
}

fn now() -> Timestamp {
    let now = clock::wall_clock();
    Timestamp {
        seconds: now.as_secs() as i64,
        nanoseconds: now.subsec_nanos(),
    }
}

fn fill_random(buffer: &mut [u8]) {
    // SAFETY: a buffer of this length.
    unsafe { getrandom(buffer.as_mut_ptr(), buffer.len(), 0) };
}

/// Returns the bytes of a path.
///
/// # Safety
/// It is null or a string, which lives as long as the result is used.
unsafe fn path<'a>(path: *const c_char) -> Result<&'a [u8], Errno> {
    if path.is_null() {
        return Err(Errno(::libc::EFAULT));
    }
    // SAFETY: as the caller states.
    Ok(unsafe { strings::bytes(path) })
}

impl From<FileError> for Errno {
    fn from(error: FileError) -> Self {
        Self(error.errno())
    }
}
