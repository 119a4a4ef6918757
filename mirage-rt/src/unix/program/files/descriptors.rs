//! Functions on a descriptor.

use super::functions::descriptor_functions;
use crate::files::{metadata, position, unsupported};
use core::{
    ffi::{c_char, c_int, c_uint, c_void},
    ptr::null,
};
use libc::{stat64 as Stat, timespec};

/// The path of `utimensat` that stands for the descriptor.
const NO_PATH: *const c_char = null();

descriptor_functions! {
    fn lseek64(descriptor: c_int, offset: i64, whence: c_int) -> i64
        = position::lseek64(descriptor, offset, whence), SYS_lseek(descriptor, offset, whence);
    fn lseek(descriptor: c_int, offset: i64, whence: c_int) -> i64
        = position::lseek64(descriptor, offset, whence), SYS_lseek(descriptor, offset, whence);
    fn pread64(descriptor: c_int, buffer: *mut c_void, length: usize, offset: i64) -> isize
        = position::pread64(descriptor, buffer, length, offset),
        SYS_pread64(descriptor, buffer, length, offset);
    fn pread(descriptor: c_int, buffer: *mut c_void, length: usize, offset: i64) -> isize
        = position::pread64(descriptor, buffer, length, offset),
        SYS_pread64(descriptor, buffer, length, offset);
    fn pwrite64(descriptor: c_int, data: *const c_void, length: usize, offset: i64) -> isize
        = position::pwrite64(descriptor, data, length, offset),
        SYS_pwrite64(descriptor, data, length, offset);
    fn pwrite(descriptor: c_int, data: *const c_void, length: usize, offset: i64) -> isize
        = position::pwrite64(descriptor, data, length, offset),
        SYS_pwrite64(descriptor, data, length, offset);
    fn ftruncate64(descriptor: c_int, length: i64) -> c_int
        = position::ftruncate64(descriptor, length), SYS_ftruncate(descriptor, length);
    fn ftruncate(descriptor: c_int, length: i64) -> c_int
        = position::ftruncate64(descriptor, length), SYS_ftruncate(descriptor, length);
    fn fsync(descriptor: c_int) -> c_int
        = position::fsync(descriptor), SYS_fsync(descriptor);
    fn fdatasync(descriptor: c_int) -> c_int
        = position::fdatasync(descriptor), SYS_fdatasync(descriptor);
    fn fstat64(descriptor: c_int, result: *mut Stat) -> c_int
        = metadata::fstat64(descriptor, result), SYS_fstat(descriptor, result);
    fn fstat(descriptor: c_int, result: *mut Stat) -> c_int
        = metadata::fstat64(descriptor, result), SYS_fstat(descriptor, result);
    fn fchmod(descriptor: c_int, mode: c_uint) -> c_int
        = metadata::fchmod(descriptor, mode), SYS_fchmod(descriptor, mode);
    fn futimens(descriptor: c_int, times: *const timespec) -> c_int
        = metadata::futimens(descriptor, times), SYS_utimensat(descriptor, NO_PATH, times, 0);
    fn fchown(descriptor: c_int, owner: c_uint, group: c_uint) -> c_int
        = unsupported::fchown(descriptor, owner, group), SYS_fchown(descriptor, owner, group);
}
