//! Functions on paths.

use super::{
    functions::{is_confined, library_functions, path_functions},
    one_at_a_time::locked,
    table::is_mounted,
};
use crate::{
    files::{metadata, open, paths, position, unsupported},
    unix::program::errno::{self, Errno},
};
use core::{
    ffi::{c_char, c_int, c_uint},
    ptr::null_mut,
};
use libc::{AT_FDCWD, AT_REMOVEDIR, AT_SYMLINK_NOFOLLOW, stat64 as Stat, statx as Statx, timespec};

path_functions! {
    fn stat64(name: *const c_char, result: *mut Stat) -> c_int
        = metadata::stat64(name, result), SYS_newfstatat(AT_FDCWD, name, result, 0);
    fn stat(name: *const c_char, result: *mut Stat) -> c_int
        = metadata::stat64(name, result), SYS_newfstatat(AT_FDCWD, name, result, 0);
    fn lstat64(name: *const c_char, result: *mut Stat) -> c_int
        = metadata::lstat64(name, result), SYS_newfstatat(AT_FDCWD, name, result, AT_SYMLINK_NOFOLLOW);
    fn lstat(name: *const c_char, result: *mut Stat) -> c_int
        = metadata::lstat64(name, result), SYS_newfstatat(AT_FDCWD, name, result, AT_SYMLINK_NOFOLLOW);
    fn fstatat64(
        directory: c_int,
        name: *const c_char,
        result: *mut Stat,
        flags: c_int
    ) -> c_int
        = metadata::fstatat64(directory, name, result, flags),
        SYS_newfstatat(directory, name, result, flags);
    fn fstatat(directory: c_int, name: *const c_char, result: *mut Stat, flags: c_int) -> c_int
        = metadata::fstatat64(directory, name, result, flags),
        SYS_newfstatat(directory, name, result, flags);
    fn statx(
        directory: c_int,
        name: *const c_char,
        flags: c_int,
        mask: c_uint,
        result: *mut Statx
    ) -> c_int
        = metadata::statx(directory, name, flags, mask, result),
        SYS_statx(directory, name, flags, mask, result);
    fn chmod(name: *const c_char, mode: c_uint) -> c_int
        = metadata::chmod(name, mode), SYS_fchmodat(AT_FDCWD, name, mode);
    fn mkdir(name: *const c_char, mode: c_uint) -> c_int
        = paths::mkdir(name, mode), SYS_mkdirat(AT_FDCWD, name, mode);
    fn mkdirat(directory: c_int, name: *const c_char, mode: c_uint) -> c_int
        = paths::mkdirat(directory, name, mode), SYS_mkdirat(directory, name, mode);
    fn unlink(name: *const c_char) -> c_int
        = paths::unlink(name), SYS_unlinkat(AT_FDCWD, name, 0);
    fn unlinkat(directory: c_int, name: *const c_char, flags: c_int) -> c_int
        = paths::unlinkat(directory, name, flags), SYS_unlinkat(directory, name, flags);
    fn rmdir(name: *const c_char) -> c_int
        = paths::rmdir(name), SYS_unlinkat(AT_FDCWD, name, AT_REMOVEDIR);
    fn rename(old: *const c_char, new: *const c_char) -> c_int
        = paths::rename(old, new), SYS_renameat2(AT_FDCWD, old, AT_FDCWD, new, 0);
    fn renameat(from: c_int, old: *const c_char, to: c_int, new: *const c_char) -> c_int
        = paths::renameat(from, old, to, new), SYS_renameat2(from, old, to, new, 0);
    fn renameat2(
        from: c_int,
        old: *const c_char,
        to: c_int,
        new: *const c_char,
        flags: c_uint
    ) -> c_int
        = paths::renameat2(from, old, to, new, flags), SYS_renameat2(from, old, to, new, flags);
    fn link(old: *const c_char, new: *const c_char) -> c_int
        = unsupported::link(old, new), SYS_linkat(AT_FDCWD, old, AT_FDCWD, new, 0);
    fn linkat(
        from: c_int,
        old: *const c_char,
        to: c_int,
        new: *const c_char,
        flags: c_int
    ) -> c_int
        = unsupported::linkat(from, old, to, new, flags), SYS_linkat(from, old, to, new, flags);
    fn symlink(target: *const c_char, name: *const c_char) -> c_int
        = unsupported::symlink(target, name), SYS_symlinkat(target, AT_FDCWD, name);
    fn symlinkat(target: *const c_char, directory: c_int, name: *const c_char) -> c_int
        = unsupported::symlink(target, name), SYS_symlinkat(target, directory, name);
    fn mkfifo(name: *const c_char, mode: c_uint) -> c_int
        = unsupported::mkfifo(name, mode), SYS_mknodat(AT_FDCWD, name, mode | libc::S_IFIFO, 0);
    fn mkfifoat(directory: c_int, name: *const c_char, mode: c_uint) -> c_int
        = unsupported::mkfifo(name, mode), SYS_mknodat(directory, name, mode | libc::S_IFIFO, 0);
    fn mknod(name: *const c_char, mode: c_uint, device: libc::dev_t) -> c_int
        = unsupported::mkfifo(name, mode), SYS_mknodat(AT_FDCWD, name, mode, device);
    fn mknodat(directory: c_int, name: *const c_char, mode: c_uint, device: libc::dev_t) -> c_int
        = unsupported::mkfifo(name, mode), SYS_mknodat(directory, name, mode, device);
    fn chown(name: *const c_char, owner: c_uint, group: c_uint) -> c_int
        = unsupported::chown(name, owner, group), SYS_fchownat(AT_FDCWD, name, owner, group, 0);
    fn lchown(name: *const c_char, owner: c_uint, group: c_uint) -> c_int
        = unsupported::lchown(name, owner, group),
        SYS_fchownat(AT_FDCWD, name, owner, group, AT_SYMLINK_NOFOLLOW);
    fn fchownat(
        directory: c_int,
        name: *const c_char,
        owner: c_uint,
        group: c_uint,
        flags: c_int
    ) -> c_int
        = unsupported::fchownat(directory, name, owner, group, flags),
        SYS_fchownat(directory, name, owner, group, flags);
    fn chroot(name: *const c_char) -> c_int
        = unsupported::chroot(name), SYS_chroot(name);
    fn chdir(name: *const c_char) -> c_int
        = paths::chdir(name), SYS_chdir(name);
    fn fchdir(descriptor: c_int) -> c_int
        = paths::fchdir(descriptor), SYS_fchdir(descriptor);
    fn umask(mask: c_uint) -> c_uint
        = open::umask(mask), SYS_umask(mask);
    fn truncate64(name: *const c_char, length: i64) -> c_int
        = position::truncate64(name, length), SYS_truncate(name, length);
    fn truncate(name: *const c_char, length: i64) -> c_int
        = position::truncate64(name, length), SYS_truncate(name, length);
}

library_functions! {
    fn access(name: *const c_char, mode: c_int) -> c_int
        = metadata::access(name, mode), -1;
    fn euidaccess(name: *const c_char, mode: c_int) -> c_int
        = metadata::access(name, mode), -1;
    fn eaccess(name: *const c_char, mode: c_int) -> c_int
        = metadata::access(name, mode), -1;
    fn remove(name: *const c_char) -> c_int
        = remove_any(name), -1;
    fn faccessat(directory: c_int, name: *const c_char, mode: c_int, flags: c_int) -> c_int
        = metadata::faccessat(directory, name, mode, flags), -1;
    fn fchmodat(directory: c_int, name: *const c_char, mode: c_uint, flags: c_int) -> c_int
        = metadata::fchmodat(directory, name, mode, flags), -1;
    fn realpath(name: *const c_char, result: *mut c_char) -> *mut c_char
        = paths::realpath(name, result), null_mut();
    fn getcwd(buffer: *mut c_char, length: usize) -> *mut c_char
        = paths::getcwd(buffer, length), null_mut();
}

/// Removes a file or an empty directory.
///
/// # Safety
/// As POSIX's `remove`.
unsafe fn remove_any(name: *const c_char) -> c_int {
    // SAFETY: as the caller states.
    unsafe {
        match paths::unlink(name) {
            -1 if errno::last() == Errno(libc::EISDIR) => paths::rmdir(name),
            result => result,
        }
    }
}

/// # Safety
/// As POSIX's; without a path, the descriptor's times.
#[unsafe(no_mangle)]
unsafe extern "C" fn utimensat(
    directory: c_int,
    name: *const c_char,
    times: *const timespec,
    flags: c_int,
) -> c_int {
    // SAFETY: as the caller states.
    unsafe {
        match name.is_null() {
            true if is_mounted(directory) => locked(|| metadata::futimens(directory, times)),
            false if is_confined() => locked(|| metadata::utimensat(directory, name, times, flags)),
            _ => libc::syscall(libc::SYS_utimensat, directory, name, times, flags) as c_int,
        }
    }
}
