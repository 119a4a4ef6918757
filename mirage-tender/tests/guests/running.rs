//! How guests start and end, and what their boot information contains.

use crate::{
    code::{
        Code,
        Value::{Full, Half, Is},
    },
    elf::{Elf, Part, R, W, X, abi, put},
    guest::{End, Guest, MEMORY, refused, run},
};
use std::process::Stdio;

const SYS_WRITE: u32 = 1;
const SYS_GETPID: u32 = 39;
const SIGSEGV: End = End::Signal(11);
const SIGPIPE: End = End::Signal(13);
const SIGSYS: End = End::Signal(31);

/// The address of the boot information.
const INFORMATION: u32 = 0x1_1000;

fn guest(code: Vec<u8>) -> Guest {
    Guest::new(&Elf::new(&code, &[]))
}

#[test]
fn the_status_is_the_guests() {
    for status in [0, 1, 63, 255] {
        guest(Code::default().exit(status)).ends(&[], End::Status(status as i32));
    }
}

#[test]
fn a_call_that_is_forbidden_ends_it() {
    guest(Code::default().call(SYS_GETPID, &[]).exit(0)).ends(&[], SIGSYS);
}

/// System calls by the x32 ABI, and by the 32-bit interrupt.
#[test]
fn other_ways_into_the_kernel_are_closed() {
    const X32: u32 = 0x4000_0000;
    let console = [Is(1), Is(0x10_0000), Is(1)];
    guest(Code::default().call(X32 | SYS_WRITE, &console).exit(0)).ends(&[], SIGSYS);
    // mov eax, 1 (exit, by the numbers of 32 bits); int 0x80
    let old = [0xb8, 1, 0, 0, 0, 0xcd, 0x80];
    let (end, _) = guest(Code::default().then(&old).exit(0)).run(&[]);
    // Some kernels do not have this interrupt.
    assert!([SIGSYS, SIGSEGV].contains(&end), "{end:?}");
}

#[test]
fn a_bad_access_ends_it() {
    // mov byte [rdi], 0
    let write = [0xc6, 0x07, 0x00];
    // mov al, [rdi]
    let read = [0x8a, 0x07];
    // call rdi
    let execute = [0xff, 0xd7];
    let at = |address: u64, access: &[u8]| {
        let address = [&[0x48, 0xbf], address.to_le_bytes().as_slice()].concat();
        let code = Code::default().then(&address).then(access).exit(0);
        let mut elf = Elf::new(&code, &[]);
        elf.parts.push(Part::load(0x10_1000, R, b"\xc3"));
        elf.parts.push(Part::load(0x10_2000, R | W, b"\xc3"));
        elf.parts.push(Part::load(0x10_3000, 0, b"\xc3"));
        Guest::new(&elf)
    };
    for (address, access) in [
        (0, &read[..]),
        (0xffff, &read),
        (0x10_0000, &write),
        (0x10_1000, &write),
        (0x10_1000, &execute),
        (0x10_2000, &execute),
        (0x10_3000, &read),
        (0x1f_f000, &execute),
        (0x20_0000, &read),
    ] {
        at(address, access).ends(&[], SIGSEGV);
    }
    for (address, access) in [
        (0x1_0000, &write[..]),
        (0x10_0000, &read),
        (0x10_1000, &read),
        (0x10_2000, &write),
        (0x1f_fff8, &write),
    ] {
        at(address, access).ends(&[], End::Status(0));
    }
}

#[test]
fn the_heap_may_be_made_executable() {
    // mov byte [0x180000], 0xc3 (ret); mov eax, 0x180000; call rax
    let code = Code::default()
        .then(&[0xc6, 0x04, 0x25, 0, 0, 0x18, 0, 0xc3])
        .then(&[0xb8, 0, 0, 0x18, 0, 0xff, 0xd0]);
    let guest = guest(code.exit(0));
    guest.ends(&[], SIGSEGV);
    guest.ends(&["--x-exec-heap"], End::Status(0));
}

#[test]
fn the_stack_is_at_the_end_of_memory() {
    // mov rdi, rsp
    let code = Code::default().then(&[0x48, 0x89, 0xe7]).call(231, &[]);
    guest(code.exit(0)).ends(&[], End::Status(0xf8));
    // shr rsp, 16; mov rdi, rsp
    let code = Code::default().then(&[0x48, 0xc1, 0xec, 16, 0x48, 0x89, 0xe7]);
    guest(code.call(231, &[]).exit(0)).ends(&[], End::Status(0x1f));
}

#[test]
fn a_console_that_is_closed_ends_it() {
    let words = Code::default().call(SYS_WRITE, &[Is(1), Is(0x10_0000), Is(1)]);
    let guest = guest(words.exit(0));
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let mut command = guest.command(&[MEMORY, "image"]);
    let mut child = command
        .stdout(Stdio::from(writer))
        .spawn()
        .expect("it starts");
    let status = child.wait().expect("it ends");
    let signal = std::os::unix::process::ExitStatusExt::signal(&status);
    assert_eq!(signal.map(End::Signal), Some(SIGPIPE));
}

/// Returns a guest that prints its arguments of `length` bytes.
fn prints_arguments(length: u64) -> Guest {
    let line = [Is(1), Full(INFORMATION + 16), Is(length)];
    guest(Code::default().call(SYS_WRITE, &line).exit(0))
}

#[test]
fn arguments_are_joined() {
    let expected = b"a b  c\0";
    let guest = prints_arguments(expected.len() as u64);
    let (_, output) = run(&mut guest.command(&[MEMORY, "--", "image", "a", "b  c"]));
    assert_eq!(output.stdout, expected);
}

#[test]
fn arguments_of_8191_bytes_are_not_too_many() {
    let long = "x".repeat(8191);
    let guest = prints_arguments(8192);
    let (_, output) = run(&mut guest.command(&[MEMORY, "image", &long]));
    assert_eq!(output.stdout, [long.as_bytes(), b"\0"].concat());
    let longer = format!("{long}x");
    refused(
        &mut guest.command(&[MEMORY, "image", &longer]),
        "longer than 8191 bytes",
    );
}

#[test]
fn the_boot_information_is_told() {
    let information = Code::default().call(SYS_WRITE, &[Is(1), Is(INFORMATION.into()), Is(40)]);
    let mut elf = Elf::new(&information.exit(0), &[]);
    elf.parts.push(Part {
        size: 5000,
        ..Part::load(0x10_1000, R | W, b"x")
    });
    let guest = Guest::new(&elf);
    for (memory, bytes) in [("--mem=2", 2 << 20), ("--mem=512", 512u64 << 20)] {
        let (_, output) = run(&mut guest.command(&[memory, "image"]));
        let full = |at: usize| {
            let bytes = output.stdout[at..].first_chunk();
            u64::from_le_bytes(*bytes.expect("40 bytes"))
        };
        assert_eq!(full(0), bytes);
        assert_eq!(full(8), 0x10_3000);
        // After the boot information the manifest, then the command line.
        assert_eq!(full(24), u64::from(INFORMATION) + 40);
        assert_eq!(full(16), full(24) + 8 + 104);
    }
}

#[test]
fn what_is_no_image_is_refused() {
    let mut elf = Elf::new(&Code::default().exit(0), &[]);
    let good = Guest::new(&elf);
    refused(
        &mut good.command(&["--mem=1", "image"]),
        "image: its entry point 0x100000 is not within the 1048576 bytes of memory",
    );
    refused(&mut good.command(&["--mem=0", "image"]), "its entry point");
    refused(
        &mut good.command(&["--mem=1000000000", "image"]),
        "a memory of ",
    );
    refused(&mut good.command(&["nothing"]), "nothing: No such file");
    refused(&mut good.command(&[]), "no image is named");
    refused(
        &mut good.command(&["--gdb", "image"]),
        "there is no option `--gdb`",
    );
    elf.parts[0].bytes = abi(1, 2);
    Guest::new(&elf).is_refused(&[], "image: it is made for hvt, not for spt");
    elf.parts[0].bytes = abi(2, 3);
    Guest::new(&elf).is_refused(&[], "it is made for version 3 of the ABI, not 2");
    elf.parts[0].bytes = abi(2, 2);
    elf.parts[2].flags = R | W | X;
    Guest::new(&elf).is_refused(&[], "its segment 2 is writable and executable");
    elf.parts[2].flags = R | X;
    elf.parts.push(Part::load(0x10_0000, R, b"x"));
    Guest::new(&elf).is_refused(
        &[],
        "its segment 3 begins before the segment before it ends",
    );
    Guest::new(&elf)
        .with_file("image", b"#!/bin/sh")
        .is_refused(&[], "image: it is not an ELF file");
    put(&mut elf.parts[1].bytes, 24, &[2]);
    elf.parts.pop();
    Guest::new(&elf).is_refused(&[], "its manifest has the unknown version 2");
}

#[test]
fn it_can_be_asked_what_it_is() {
    let guest = guest(Code::default().exit(0));
    for (option, expected) in [
        ("--help", "--net:NAME=IFACE"),
        ("--version", "mirage-tender "),
    ] {
        let (end, output) = run(&mut guest.command(&[option]));
        assert_eq!(end, End::Status(0));
        assert!(String::from_utf8_lossy(&output.stdout).contains(expected));
    }
}

/// The boot information has the descriptors, which the guest passes to the kernel.
#[test]
fn a_guest_waits_for_its_timer() {
    const SYS_TIMERFD_SETTIME: u32 = 286;
    const SYS_EPOLL_PWAIT: u32 = 281;
    // In 1 ms; where the events go; both in the data.
    let times = [0u64, 0, 0, 1_000_000].map(u64::to_le_bytes);
    let (epoll, timer) = (Half(INFORMATION + 32), Half(INFORMATION + 36));
    let code = Code::default()
        .call(SYS_TIMERFD_SETTIME, &[timer, Is(0), Is(0x10_1000), Is(0)])
        .call(
            SYS_EPOLL_PWAIT,
            &[epoll, Is(0x10_1800), Is(1), Is(u64::MAX), Is(0), Is(8)],
        )
        .call(SYS_WRITE, &[Is(1), Is(0x10_1800), Is(12)])
        .exit(0);
    let mut elf = Elf::new(&code, &[]);
    elf.parts.push(Part {
        size: 4096,
        ..Part::load(0x10_1000, R | W, times.as_flattened())
    });
    let (end, output) = Guest::new(&elf).run(&[]);
    assert_eq!(end, End::Status(0));
    // `EPOLLIN`, and the number that is the timer's.
    let event = [1, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff, 0, 0, 0, 0];
    assert_eq!(output.stdout, event);
}
