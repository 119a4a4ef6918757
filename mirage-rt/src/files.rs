//! The functions of POSIX on files, with the names and types of Linux: the files of the program, device nodes in
//! `/dev`, and `/tmp` in memory.
//!
//! In an image they are functions of its C library. On `unix` they run in place of those of the host's C library, one
//! at a time (`unix/program/files.rs`).
//!
//! There are no symbolic and no hard links, no users, no FIFOs and no locks of ranges. Permission bits are stored
//! and not enforced, as for Linux's root. The time of access is set by programs only. What is written is there at
//! once: `fsync` has nothing to do.

mod base;
pub(crate) mod directory;
pub(crate) mod file;
pub(crate) mod lock;
pub(crate) mod metadata;
pub(crate) mod open;
pub(crate) mod paths;
pub(crate) mod position;
pub(crate) mod status;
pub(crate) mod unsupported;
pub(crate) mod vectored;

#[cfg(mirage_target)]
use crate::libc::files as target;
use crate::platform;
#[cfg(not(mirage_target))]
use crate::unix::program::files as target;
use alloc::{rc::Rc, vec::Vec};
use core::{
    cell::RefCell,
    ffi::{CStr, c_char},
    sync::atomic::{AtomicBool, Ordering},
};
use mirage_devices::fs::{
    Base, DeviceNodes, FileError, MemoryFiles, MountTable, OpenOptions, Timestamp, Tree, TreeNode,
};
use mirage_graph::size;
use target::{Errno, OneAtATime};

/// The mounted file systems, from the start of the program on.
static MOUNTS: OneAtATime<RefCell<Option<Rc<MountTable>>>> = OneAtATime(RefCell::new(None));

/// Mounts the files of the program, the device nodes and `/tmp` with a limit in bytes.
pub(crate) fn mount(files: &'static [TreeNode], tmp: u64) {
    let table = || {
        let started = now();
        // A program may ask whether a file is newer than what it knows: those of this program are.
        let mut table = MountTable::new(Rc::new(Tree::new(files, started)))?;
        table.mount(
            b"/dev",
            Rc::new(DeviceNodes::new(target::fill_random, started)),
        )?;
        table.mount(b"/tmp", Rc::new(MemoryFiles::new(tmp, now, report_full)?))?;
        Ok::<_, FileError>(table)
    };
    match table() {
        Ok(table) => *MOUNTS.0.borrow_mut() = Some(Rc::new(table)),
        Err(error) => platform::fail(format_args!("the files were not mounted: {error}")),
    }
}

/// Says which key is missing, the first time that `/tmp` is full.
fn report_full(limit: u64) {
    static IS_REPORTED: AtomicBool = AtomicBool::new(false);
    if !IS_REPORTED.swap(true, Ordering::Relaxed) {
        let [limit, more] = [limit, limit.saturating_mul(2)].map(size::display);
        target::report(format_args!(
            "error: /tmp is full: its limit is {limit}; declare more, such as by `tmp = \"{more}\"`\n"
        ));
    }
}

/// Returns the mounted file systems.
fn mounts() -> Result<Rc<MountTable>, Errno> {
    target::yield_if_due();
    let mounts = MOUNTS.0.borrow().clone();
    mounts.ok_or(Errno(::libc::ENOENT))
}

/// Returns the contents of a file; `None` if it cannot be read.
pub(crate) fn read(path: &[u8]) -> Option<Vec<u8>> {
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
    let now = target::wall_clock();
    Timestamp {
        seconds: now.as_secs() as i64,
        nanoseconds: now.subsec_nanos(),
    }
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
    Ok(unsafe { CStr::from_ptr(path) }.to_bytes())
}

impl From<FileError> for Errno {
    fn from(error: FileError) -> Self {
        Self(error.errno())
    }
}
