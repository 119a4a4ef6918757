//! Each of the nine system calls, with allowed and forbidden arguments.

use crate::{
    code::{
        Code,
        Value::{self, Half, Is},
    },
    elf::Elf,
    guest::{End, Guest},
};
use rustix::{
    io::{FdFlags, fcntl_setfd},
    net::{AddressFamily, SocketFlags, SocketType, socketpair},
};
use std::os::fd::AsRawFd;

const SYS_READ: u32 = 0;
const SYS_WRITE: u32 = 1;
const SYS_PREAD64: u32 = 17;
const SYS_PWRITE64: u32 = 18;
const SYS_ARCH_PRCTL: u32 = 158;
const SYS_CLOCK_GETTIME: u32 = 228;
const SYS_EPOLL_PWAIT: u32 = 281;
const SYS_TIMERFD_SETTIME: u32 = 286;

/// The field of the boot information with the descriptor that a guest waits with.
const EPOLL: Value = Half(0x1_1020);
const TIMER: Value = Half(0x1_1024);
/// The fields of the manifest's copy with the descriptors of devices 1 and 2.
const NET: Value = Half(0x1_1028 + 8 + 104 + 88);
const BLOCK: Value = Half(0x1_1028 + 8 + 208 + 88);

/// Memory to read into.
const BUFFER: Value = Is(0x18_0000);

/// The low byte of `EAGAIN`, as the kernel returns it.
const AGAIN: i32 = 256 - 11;

/// Returns how a guest with an interface and a disk of three blocks ends after this call.
fn end(number: u32, arguments: &[Value]) -> End {
    let code = Code::default().call(number, arguments).exit_with_result();
    let guest = Guest::new(&Elf::new(&code, &[("service", 2), ("storage", 1)]));
    let guest = guest.with_file("disk", &[7; 3 * 512]);
    let (flags, kind) = (SocketFlags::empty(), SocketType::SEQPACKET);
    let (ours, guests) =
        socketpair(AddressFamily::UNIX, kind, flags, None).expect("a pair of sockets");
    fcntl_setfd(&ours, FdFlags::CLOEXEC).expect("an open socket");
    let net = format!("--net:service=@{}", guests.as_raw_fd());
    let (end, _) = guest.run(&[&net, "--block:storage=disk"]);
    end
}

#[test]
fn what_is_allowed_is_done() {
    for (number, arguments, status) in [
        (SYS_READ, &[NET, BUFFER, Is(1514)][..], AGAIN),
        (SYS_WRITE, &[NET, BUFFER, Is(60)], 60),
        (SYS_WRITE, &[Is(1), BUFFER, Is(0)], 0),
        (SYS_PREAD64, &[BLOCK, BUFFER, Is(512), Is(0)], 0),
        (SYS_PREAD64, &[BLOCK, BUFFER, Is(512), Is(1024)], 0),
        (SYS_PWRITE64, &[BLOCK, BUFFER, Is(512), Is(512)], 0),
        (SYS_CLOCK_GETTIME, &[Is(0), BUFFER], 0),
        (SYS_CLOCK_GETTIME, &[Is(1), BUFFER], 0),
        (
            SYS_EPOLL_PWAIT,
            &[EPOLL, BUFFER, Is(1), Is(0), Is(0), Is(8)],
            0,
        ),
        (SYS_TIMERFD_SETTIME, &[TIMER, Is(1), BUFFER, Is(0)], 0),
        (SYS_ARCH_PRCTL, &[Is(0x1002), BUFFER], 0),
    ] {
        let ended = end(number, arguments);
        assert_eq!(ended, End::Status(status), "{number} {arguments:?}");
    }
}

#[test]
fn what_is_not_ends_the_guest() {
    for (number, arguments) in [
        (SYS_READ, &[Is(0), BUFFER, Is(1)][..]),
        (SYS_READ, &[BLOCK, BUFFER, Is(512)]),
        (SYS_READ, &[TIMER, BUFFER, Is(8)]),
        (SYS_WRITE, &[Is(2), BUFFER, Is(1)]),
        (SYS_WRITE, &[BLOCK, BUFFER, Is(512)]),
        (SYS_PREAD64, &[NET, BUFFER, Is(512), Is(0)]),
        (SYS_PREAD64, &[BLOCK, BUFFER, Is(511), Is(0)]),
        (SYS_PREAD64, &[BLOCK, BUFFER, Is(512 | 1 << 32), Is(0)]),
        (SYS_PREAD64, &[BLOCK, BUFFER, Is(512), Is(1025)]),
        (SYS_PREAD64, &[BLOCK, BUFFER, Is(512), Is(u64::MAX)]),
        (SYS_PWRITE64, &[BLOCK, BUFFER, Is(1024), Is(0)]),
        (SYS_PWRITE64, &[BLOCK, BUFFER, Is(512), Is(1536)]),
        (SYS_CLOCK_GETTIME, &[Is(2), BUFFER]),
        (
            SYS_EPOLL_PWAIT,
            &[TIMER, BUFFER, Is(1), Is(0), Is(0), Is(8)],
        ),
        (SYS_TIMERFD_SETTIME, &[EPOLL, Is(1), BUFFER, Is(0)]),
        (SYS_ARCH_PRCTL, &[Is(0x1003), BUFFER]),
        (SYS_ARCH_PRCTL, &[Is(0x1001), BUFFER]),
    ] {
        let ended = end(number, arguments);
        assert_eq!(ended, End::Signal(31), "{number} {arguments:?}");
    }
}

/// A guest without devices is not allowed the system calls for devices.
#[test]
fn calls_for_devices_need_a_device() {
    for number in [SYS_READ, SYS_PREAD64, SYS_PWRITE64] {
        let arguments = [Is(0), BUFFER, Is(512), Is(0)];
        let code = Code::default().call(number, &arguments).exit(0);
        Guest::new(&Elf::new(&code, &[])).ends(&[], End::Signal(31));
    }
}
