//! Values of options: `setsockopt` and `getsockopt`.

use super::super::{
    Errno,
    description::{Membership, OptionValue},
    descriptors,
    errno::returned,
};
use ::libc::{in_addr, ip_mreq, ip_mreqn, ipv6_mreq, socklen_t, timeval};
use core::{
    ffi::{c_int, c_void},
    net::{Ipv4Addr, Ipv6Addr},
    time::Duration,
};

/// Reads the value of an option.
///
/// # Safety
/// `value` has `length` bytes.
unsafe fn read(
    level: c_int,
    name: c_int,
    value: *const c_void,
    length: socklen_t,
) -> Result<OptionValue, Errno> {
    let is_long = |size: usize| length as usize >= size && !value.is_null();
    // SAFETY: as the caller states; each length is checked.
    unsafe {
        match (level, name) {
            (::libc::SOL_SOCKET, ::libc::SO_RCVTIMEO | ::libc::SO_SNDTIMEO)
                if is_long(size_of::<timeval>()) =>
            {
                let time = value.cast::<timeval>().read_unaligned();
                let seconds = u64::try_from(time.tv_sec).map_err(|_| Errno(::libc::EDOM))?;
                let micros = u32::try_from(time.tv_usec)
                    .ok()
                    .filter(|micros| *micros < 1_000_000);
                let micros = micros.ok_or(Errno(::libc::EDOM))?;
                let time = Duration::new(seconds, micros * 1000);
                Ok(OptionValue::Time(Some(time).filter(|time| !time.is_zero())))
            }
            (::libc::SOL_SOCKET, ::libc::SO_LINGER) if is_long(size_of::<::libc::linger>()) => {
                let linger = value.cast::<::libc::linger>().read_unaligned();
                let seconds = Duration::from_secs(linger.l_linger.max(0) as u64);
                Ok(OptionValue::Linger(
                    (linger.l_onoff != 0).then_some(seconds),
                ))
            }
            (::libc::SOL_SOCKET, ::libc::SO_RCVTIMEO | ::libc::SO_SNDTIMEO | ::libc::SO_LINGER) => {
                Err(Errno(::libc::EINVAL))
            }
            (::libc::IPPROTO_IP, ::libc::IP_ADD_MEMBERSHIP | ::libc::IP_DROP_MEMBERSHIP) => {
                // Its first two fields are those of `ip_mreq`.
                let request = match () {
                    () if is_long(size_of::<ip_mreqn>()) => {
                        value.cast::<ip_mreqn>().read_unaligned()
                    }
                    () if is_long(size_of::<ip_mreq>()) => {
                        let request = value.cast::<ip_mreq>().read_unaligned();
                        ip_mreqn {
                            imr_multiaddr: request.imr_multiaddr,
                            imr_address: request.imr_interface,
                            imr_ifindex: 0,
                        }
                    }
                    () => return Err(Errno(::libc::EINVAL)),
                };
                Ok(OptionValue::Membership(Membership {
                    group: address(request.imr_multiaddr).into(),
                    address: address(request.imr_address),
                    index: request.imr_ifindex as u32,
                }))
            }
            (::libc::IPPROTO_IPV6, ::libc::IPV6_ADD_MEMBERSHIP | ::libc::IPV6_DROP_MEMBERSHIP) => {
                if !is_long(size_of::<ipv6_mreq>()) {
                    return Err(Errno(::libc::EINVAL));
                }
                let request = value.cast::<ipv6_mreq>().read_unaligned();
                Ok(OptionValue::Membership(Membership {
                    group: Ipv6Addr::from_octets(request.ipv6mr_multiaddr.s6_addr).into(),
                    address: Ipv4Addr::UNSPECIFIED,
                    index: request.ipv6mr_interface,
                }))
            }
            _ if is_long(size_of::<c_int>()) => {
                Ok(OptionValue::Number(value.cast::<c_int>().read_unaligned()))
            }
            // As Linux, options of this level can be a byte.
            (::libc::IPPROTO_IP, _) if is_long(1) => {
                Ok(OptionValue::Number(value.cast::<u8>().read().into()))
            }
            _ => Err(Errno(::libc::EINVAL)),
        }
    }
}

fn address(address: in_addr) -> Ipv4Addr {
    // As it lies in memory.
    Ipv4Addr::from_octets(address.s_addr.to_ne_bytes())
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn setsockopt(
    descriptor: c_int,
    level: c_int,
    name: c_int,
    value: *const c_void,
    length: socklen_t,
) -> c_int {
    let run = || {
        let file = descriptors::get(descriptor)?;
        let socket = file.description.socket()?;
        // SAFETY: as the caller states.
        let value = unsafe { read(level, name, value, length) }?;
        socket.set_option(level, name, value)
    };
    returned(run().map(|()| 0))
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn getsockopt(
    descriptor: c_int,
    level: c_int,
    name: c_int,
    value: *mut c_void,
    length: *mut socklen_t,
) -> c_int {
    /// Writes the bytes of `from`, truncated.
    ///
    /// # Safety
    /// `value` has `*length` bytes.
    unsafe fn write<T>(from: &T, value: *mut c_void, length: *mut socklen_t) {
        // SAFETY: as the caller states.
        unsafe {
            let count = (*length as usize).min(size_of::<T>());
            let bytes = (&raw const *from).cast::<u8>();
            value.cast::<u8>().copy_from_nonoverlapping(bytes, count);
            *length = count as socklen_t;
        }
    }
    let run = || {
        let file = descriptors::get(descriptor)?;
        let option = file.description.socket()?.option(level, name)?;
        // SAFETY: as the caller states.
        unsafe {
            match option {
                OptionValue::Number(number) => write(&number, value, length),
                OptionValue::Time(time) => {
                    let time = time.unwrap_or_default();
                    let time = timeval {
                        tv_sec: time.as_secs() as i64,
                        tv_usec: time.subsec_micros().into(),
                    };
                    write(&time, value, length);
                }
                OptionValue::Linger(linger) => {
                    let linger = ::libc::linger {
                        l_onoff: linger.is_some().into(),
                        l_linger: linger.unwrap_or_default().as_secs() as c_int,
                    };
                    write(&linger, value, length);
                }
                // Memberships are set only.
                OptionValue::Membership(_) => return Err(Errno(::libc::ENOPROTOOPT)),
            }
        }
        Ok(0)
    };
    returned(run())
}
