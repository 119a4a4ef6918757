//! Listing directories.

use super::{
    base::with_base,
    mounts, path,
    target::{self, Errno, fail, returned, with_file},
};
use ::libc::dirent64;
use alloc::{boxed::Box, vec::Vec};
use core::{
    ffi::{c_char, c_int},
    ptr::null_mut,
};
use mirage_devices::fs::{DirectoryStream, FileKind, OpenOptions};

/// The type `DIR`: a descriptor, and how far it was listed.
pub(crate) struct Directory {
    descriptor: c_int,
    stream: DirectoryStream,
    entry: dirent64,
}

/// # Safety
/// As POSIX's.
#[cfg_attr(mirage_target, unsafe(no_mangle))]
pub(crate) unsafe extern "C" fn opendir(name: *const c_char) -> *mut Directory {
    let options = OpenOptions {
        directory: true,
        ..OpenOptions::READ
    };
    let open = || {
        // SAFETY: as the caller states.
        let path = unsafe { path(name) }?;
        let file = with_base(::libc::AT_FDCWD, path, |mounts, base| {
            Ok(mounts.open(base, path, &options)?)
        })?;
        let descriptor = target::add(file, ::libc::O_CLOEXEC)?;
        directory(descriptor).inspect_err(|_| target::remove(descriptor))
    };
    returned_pointer(open())
}

/// The descriptor becomes the directory's, which closes it.
#[cfg_attr(mirage_target, unsafe(no_mangle))]
pub(crate) extern "C" fn fdopendir(descriptor: c_int) -> *mut Directory {
    let open = || {
        let kind = with_file(descriptor, ::libc::ENOTDIR, |file| {
            Ok(file.metadata()?.kind)
        })?;
        match kind {
            FileKind::Directory => directory(descriptor),
            _ => Err(Errno(::libc::ENOTDIR)),
        }
    };
    returned_pointer(open())
}

fn directory(descriptor: c_int) -> Result<*mut Directory, Errno> {
    let mut memory = Vec::new();
    let reserved = memory.try_reserve_exact(1);
    reserved.map_err(|_| Errno(::libc::ENOMEM))?;
    memory.push(Directory {
        descriptor,
        stream: DirectoryStream::new(),
        // SAFETY: all zeroes are a valid value.
        entry: unsafe { core::mem::zeroed() },
    });
    Ok(Box::into_raw(memory.into_boxed_slice()).cast())
}

fn returned_pointer(result: Result<*mut Directory, Errno>) -> *mut Directory {
    result.unwrap_or_else(|errno| {
        fail(errno);
        null_mut()
    })
}

/// Returns the next entry, which is valid until the next call; null at the end.
///
/// # Safety
/// As POSIX's.
#[cfg_attr(mirage_target, unsafe(no_mangle))]
pub(crate) unsafe extern "C" fn readdir64(directory: *mut Directory) -> *mut dirent64 {
    // SAFETY: `opendir` returned it, and it was not closed, as the caller states. No other thread uses it.
    let Directory {
        descriptor,
        stream,
        entry,
    } = unsafe { &mut *directory };
    let next = with_file(*descriptor, ::libc::EBADF, |file| {
        let mounts = mounts()?;
        let Some(next) = stream.next(&mounts, file)? else {
            return Ok(false);
        };
        entry.d_ino = next.inode.0;
        entry.d_off += 1;
        entry.d_reclen = size_of::<dirent64>() as u16;
        entry.d_type = match next.kind {
            FileKind::Regular => ::libc::DT_REG,
            FileKind::Directory => ::libc::DT_DIR,
            FileKind::CharacterDevice { .. } => ::libc::DT_CHR,
        };
        // A name has at most 255 bytes.
        for (to, from) in entry.d_name.iter_mut().zip(next.name.iter().chain(&[0])) {
            *to = *from as c_char;
        }
        Ok(true)
    });
    match next {
        Ok(true) => entry,
        Ok(false) => null_mut(),
        Err(errno) => {
            fail(errno);
            null_mut()
        }
    }
}

/// # Safety
/// As POSIX's.
#[cfg_attr(mirage_target, unsafe(no_mangle))]
pub(crate) unsafe extern "C" fn rewinddir(directory: *mut Directory) {
    // SAFETY: as for `readdir64`.
    unsafe { (*directory).stream.rewind() };
}

/// # Safety
/// As POSIX's.
#[cfg_attr(mirage_target, unsafe(no_mangle))]
pub(crate) unsafe extern "C" fn dirfd(directory: *mut Directory) -> c_int {
    // SAFETY: as for `readdir64`.
    unsafe { (*directory).descriptor }
}

/// # Safety
/// As POSIX's.
#[cfg_attr(mirage_target, unsafe(no_mangle))]
pub(crate) unsafe extern "C" fn closedir(directory: *mut Directory) -> c_int {
    if directory.is_null() {
        return returned(Err(Errno(::libc::EBADF)));
    }
    // SAFETY: `directory` made it of a slice with one element, and it is not used afterwards, as the caller states.
    let closed = unsafe { Box::from_raw(core::ptr::slice_from_raw_parts_mut(directory, 1)) };
    target::remove(closed[0].descriptor);
    0
}
