//! What mounted files do not have: statistics of a file system, extended attributes, notifications, shared memory,
//! streams, and names that the C library chooses. Once the program has begun, these functions fail.

use super::functions::{descriptor_functions, library_functions, path_functions};
use crate::unix::program::errno::{Errno, fail};
use core::{
    ffi::{c_char, c_int, c_uint, c_void},
    ptr::null_mut,
};

/// There is no such function.
fn absent() -> c_int {
    fail(Errno(libc::ENOSYS))
}

/// The file system has no extended attributes.
fn no_attributes() -> isize {
    fail(Errno(libc::ENOTSUP)) as isize
}

path_functions! {
    fn statfs(name: *const c_char, result: *mut c_void) -> c_int
        = absent(), SYS_statfs(name, result);
    fn statfs64(name: *const c_char, result: *mut c_void) -> c_int
        = absent(), SYS_statfs(name, result);
    fn inotify_add_watch(instance: c_int, name: *const c_char, events: u32) -> c_int
        = absent(), SYS_inotify_add_watch(instance, name, events);
    fn getxattr(
        name: *const c_char,
        attribute: *const c_char,
        value: *mut c_void,
        size: usize
    ) -> isize
        = no_attributes(), SYS_getxattr(name, attribute, value, size);
    fn lgetxattr(
        name: *const c_char,
        attribute: *const c_char,
        value: *mut c_void,
        size: usize
    ) -> isize
        = no_attributes(), SYS_lgetxattr(name, attribute, value, size);
    fn setxattr(
        name: *const c_char,
        attribute: *const c_char,
        value: *const c_void,
        size: usize,
        flags: c_int
    ) -> c_int
        = no_attributes() as c_int, SYS_setxattr(name, attribute, value, size, flags);
    fn lsetxattr(
        name: *const c_char,
        attribute: *const c_char,
        value: *const c_void,
        size: usize,
        flags: c_int
    ) -> c_int
        = no_attributes() as c_int, SYS_lsetxattr(name, attribute, value, size, flags);
    fn listxattr(name: *const c_char, list: *mut c_char, size: usize) -> isize
        = no_attributes(), SYS_listxattr(name, list, size);
    fn llistxattr(name: *const c_char, list: *mut c_char, size: usize) -> isize
        = no_attributes(), SYS_llistxattr(name, list, size);
    fn removexattr(name: *const c_char, attribute: *const c_char) -> c_int
        = no_attributes() as c_int, SYS_removexattr(name, attribute);
    fn lremovexattr(name: *const c_char, attribute: *const c_char) -> c_int
        = no_attributes() as c_int, SYS_lremovexattr(name, attribute);
}

descriptor_functions! {
    fn fstatfs(descriptor: c_int, result: *mut c_void) -> c_int
        = absent(), SYS_fstatfs(descriptor, result);
    fn fstatfs64(descriptor: c_int, result: *mut c_void) -> c_int
        = absent(), SYS_fstatfs(descriptor, result);
    fn fgetxattr(
        descriptor: c_int,
        attribute: *const c_char,
        value: *mut c_void,
        size: usize
    ) -> isize
        = no_attributes(), SYS_fgetxattr(descriptor, attribute, value, size);
    fn fsetxattr(
        descriptor: c_int,
        attribute: *const c_char,
        value: *const c_void,
        size: usize,
        flags: c_int
    ) -> c_int
        = no_attributes() as c_int, SYS_fsetxattr(descriptor, attribute, value, size, flags);
    fn flistxattr(descriptor: c_int, list: *mut c_char, size: usize) -> isize
        = no_attributes(), SYS_flistxattr(descriptor, list, size);
    fn fremovexattr(descriptor: c_int, attribute: *const c_char) -> c_int
        = no_attributes() as c_int, SYS_fremovexattr(descriptor, attribute);
}

library_functions! {
    fn statvfs(name: *const c_char, result: *mut c_void) -> c_int = absent(), -1;
    fn statvfs64(name: *const c_char, result: *mut c_void) -> c_int = absent(), -1;
    fn mkstemp(template: *mut c_char) -> c_int = absent(), -1;
    fn mkstemp64(template: *mut c_char) -> c_int = absent(), -1;
    fn mkostemp(template: *mut c_char, flags: c_int) -> c_int = absent(), -1;
    fn mkostemp64(template: *mut c_char, flags: c_int) -> c_int = absent(), -1;
    fn mkstemps(template: *mut c_char, suffix: c_int) -> c_int = absent(), -1;
    fn mkstemps64(template: *mut c_char, suffix: c_int) -> c_int = absent(), -1;
    fn mkostemps(template: *mut c_char, suffix: c_int, flags: c_int) -> c_int = absent(), -1;
    fn mkostemps64(template: *mut c_char, suffix: c_int, flags: c_int) -> c_int = absent(), -1;
    fn utime(name: *const c_char, times: *const c_void) -> c_int = absent(), -1;
    fn utimes(name: *const c_char, times: *const c_void) -> c_int = absent(), -1;
    fn lutimes(name: *const c_char, times: *const c_void) -> c_int = absent(), -1;
    fn shm_open(name: *const c_char, flags: c_int, mode: c_uint) -> c_int = absent(), -1;
    fn shm_unlink(name: *const c_char) -> c_int = absent(), -1;
    fn tmpfile() -> *mut c_char = no_pointer(), null_mut();
    fn tmpfile64() -> *mut c_char = no_pointer(), null_mut();
    fn mkdtemp(template: *mut c_char) -> *mut c_char = no_pointer(), null_mut();
    fn fopen(name: *const c_char, mode: *const c_char) -> *mut c_char = no_pointer(), null_mut();
    fn fopen64(name: *const c_char, mode: *const c_char) -> *mut c_char = no_pointer(), null_mut();
}

/// As [`absent`], of a function that returns a pointer.
fn no_pointer() -> *mut c_char {
    absent();
    null_mut()
}
