//! Names of hosts: those of the file `/etc/hosts` of the program, and then those that the host knows.

use super::files::{call_library, is_confined, locked};
use crate::files;
use alloc::{ffi::CString, string::String};
use core::{
    ffi::{CStr, c_char, c_int},
    net::IpAddr,
};
use libc::addrinfo;
use mirage_devices::net::dns::{Hosts, Name, RecordType};
use std::string::ToString;

/// Looks up a name.
///
/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn getaddrinfo(
    node: *const c_char,
    service: *const c_char,
    hints: *const addrinfo,
    result: *mut *mut addrinfo,
) -> c_int {
    // SAFETY: as the caller states.
    let found = unsafe { of_program(node, hints) };
    let node = found.as_ref().map_or(node, |address| address.as_ptr());
    call_library!(
        getaddrinfo(
            node: *const c_char,
            service: *const c_char,
            hints: *const addrinfo,
            result: *mut *mut addrinfo
        ) -> c_int,
        libc::EAI_SYSTEM
    )
}

/// Returns the first address of a name in the file `/etc/hosts` of the program.
///
/// # Safety
/// `node` is null or a string, `hints` null or valid.
unsafe fn of_program(node: *const c_char, hints: *const addrinfo) -> Option<CString> {
    if node.is_null() || !is_confined() {
        return None;
    }
    // SAFETY: as the caller states.
    let (name, family) = unsafe {
        let family = hints
            .as_ref()
            .map_or(libc::AF_UNSPEC, |hints| hints.ai_family);
        (CStr::from_ptr(node), family)
    };
    let name = name.to_str().ok()?;
    let name = Name::parse(name)
        .ok()
        .filter(|_| name.parse::<IpAddr>().is_err())?;
    let file = locked(|| files::read(b"/etc/hosts"))?;
    let hosts = Hosts::parse(&String::from_utf8_lossy(&file));
    let types: &[_] = match family {
        libc::AF_INET => &[RecordType::A],
        libc::AF_INET6 => &[RecordType::Aaaa],
        _ => &[RecordType::A, RecordType::Aaaa],
    };
    let mut found = types
        .iter()
        .filter_map(|each| hosts.find(&name, *each)?.ok());
    let address = found.find_map(|addresses| addresses.into_iter().next())?;
    CString::new(address.to_string()).ok()
}
