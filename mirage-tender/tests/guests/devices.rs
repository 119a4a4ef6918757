//! Attached devices, and their entries in the guest's manifest.

use crate::{
    code::{Code, Value::Is},
    elf::Elf,
    guest::{Guest, MEMORY, refused, run},
};

const NET: u32 = 2;
const BLOCK: u32 = 1;

/// Returns a guest with these devices that prints its manifest.
fn prints_manifest(devices: &[(&str, u32)]) -> Guest {
    let length = 8 + 104 * (devices.len() as u64 + 1);
    let code = Code::default().call(1, &[Is(1), Is(0x1_1028), Is(length)]);
    Guest::new(&Elf::new(&code.exit(0), devices))
}

/// Returns the entry of device 1 in the manifest that was printed.
fn manifest_entry(manifest: &[u8]) -> &[u8] {
    &manifest[8 + 104..8 + 208]
}

#[test]
fn a_disk_has_a_capacity_and_a_block_size() {
    let guest = prints_manifest(&[("storage", BLOCK)]).with_file("disk", &[0; 8192]);
    for (options, block_size) in [
        (&["--block:storage=disk"][..], 512u16),
        (
            &["--block-sector-size:storage=4096", "--block:storage=disk"],
            4096,
        ),
    ] {
        let (_, output) = guest.run(options);
        let entry = manifest_entry(&output.stdout);
        assert_eq!(entry[..8], *b"storage\0");
        assert_eq!(entry[72..80], 8192u64.to_le_bytes());
        assert_eq!(entry[80..82], block_size.to_le_bytes());
        assert_eq!(entry[96], 1);
    }
}

/// With what scripts for Solo5's tenders search for, such as its own tests.
#[test]
fn what_is_no_disk_is_refused() {
    let guest = prints_manifest(&[("storage", BLOCK)]);
    let guest = guest
        .with_file("odd", &[0; 1000])
        .with_file("short", &[0; 512])
        .with_file("empty", &[]);
    for (options, message) in [
        (
            &["--block:storage=nothing"][..],
            "`storage`: nothing: No such file",
        ),
        (
            &["--block:storage=odd"],
            "`storage`: Backing storage size must be block aligned (512 bytes): odd has 1000 bytes",
        ),
        (
            &["--block:storage=empty"],
            "`storage`: Backing storage must be at least 1 block (512 bytes) in size: empty has 0 bytes",
        ),
        (
            &["--block:storage=short", "--block-sector-size:storage=1024"],
            "Backing storage size must be block aligned (1024 bytes): short has 512 bytes",
        ),
        (
            &["--block:storage=short", "--block-sector-size:storage=256"],
            "`storage`: Block size must be a multiple of 2 greater than or equal 512: 256 is not a power of two from 512 to 32768",
        ),
        (
            &["--block:storage=short", "--block-sector-size:storage=1000"],
            "Block size must be a multiple of 2 greater than or equal 512: 1000 is not",
        ),
        (
            &["--block:storage=short", "--block-sector-size:storage=65536"],
            "Block size must be a multiple of 2 greater than or equal 512: 65536 is not",
        ),
    ] {
        guest.is_refused(options, message);
    }
}

#[test]
fn what_a_guest_writes_is_in_the_file() {
    const PWRITE64: u32 = 18;
    // The descriptor of the device, from the manifest's copy.
    let descriptor = crate::code::Value::Half(0x1_1028 + 8 + 104 + 88);
    let block = [descriptor, Is(0x10_0000), Is(512), Is(512)];
    let mut code = Code::default().call(PWRITE64, &block).exit(0);
    code.resize(4096, 0x90);
    let guest = Guest::new(&Elf::new(&code, &[("storage", BLOCK)]));
    let guest = guest.with_file("disk", &[7; 1536]);
    guest.ends(&["--block:storage=disk"], crate::guest::End::Status(0));
    let expected = [&[7; 512], &code[..512], &[7; 512]].concat();
    assert_eq!(guest.file("disk"), expected);
}

#[test]
fn devices_are_attached_as_they_are_declared() {
    let guest = prints_manifest(&[("service", NET), ("storage", BLOCK)]);
    let guest = guest.with_file("disk", &[0; 512]);
    for (options, message) in [
        (
            &["--net:service=@0"][..],
            "the image declares the block device `storage`: attach it with `--block:storage=PATH`",
        ),
        (
            &["--block:storage=disk"],
            "the image declares the network interface `service`: attach it with `--net:service=IFACE`",
        ),
        (
            &[
                "--net-mac:service=02:00:00:00:00:01",
                "--block:storage=disk",
            ],
            "the image declares the network interface `service`: attach it with `--net:service=IFACE`",
        ),
        (
            &["--net:other=tap0"],
            "the image declares no network interface `other`",
        ),
        (
            &["--net:storage=tap0"],
            "the image declares no network interface `storage`",
        ),
        (
            &["--block:service=disk"],
            "the image declares no block device `service`",
        ),
        (
            &["--net:service=@0", "--net:service=tap0"],
            "`service` is attached twice",
        ),
        (
            &["--net:service=@99", "--block:storage=disk"],
            "`service`: the descriptor 99: Bad file descriptor",
        ),
        (
            &["--net:service=nothere", "--block:storage=disk"],
            "there is no TAP device `nothere`",
        ),
        (
            &["--net:service=sixteen-letters!", "--block:storage=disk"],
            "a name has at most 15 bytes",
        ),
    ] {
        guest.is_refused(options, message);
    }
}

#[test]
fn an_interface_has_the_address_that_is_said_or_a_random_one() {
    let guest = prints_manifest(&[("service", NET)]);
    let (sockets, _other) = std::os::unix::net::UnixDatagram::pair().expect("sockets");
    rustix::io::fcntl_setfd(&sockets, rustix::io::FdFlags::empty()).expect("an open socket");
    let net = format!(
        "--net:service=@{}",
        std::os::fd::AsRawFd::as_raw_fd(&sockets)
    );
    let (_, output) = guest.run(&[&net, "--net-mac:service=02:00:00:00:00:07"]);
    let entry = manifest_entry(&output.stdout);
    assert_eq!(entry[72..78], [2, 0, 0, 0, 0, 7]);
    assert_eq!(entry[78..80], 1500u16.to_le_bytes());
    let random = [(); 2].map(|()| {
        let (_, output) = guest.run(&[&net]);
        manifest_entry(&output.stdout)[72..78].to_vec()
    });
    assert_ne!(random[0], random[1]);
    for mac in random {
        assert_eq!(mac[0] & 3, 2, "of no manufacturer, for one device");
    }
}

/// Runs in a new network namespace.
fn with_tap(prepare: &str, guest: &Guest, options: &[&str]) -> std::process::Command {
    let script = format!(
        "PATH=$PATH:/usr/sbin:/sbin; ip tuntap add dev tap0 mode tap && {prepare} && exec \"$@\""
    );
    let mut starter = vec!["unshare", "--net"];
    if !rustix::process::geteuid().is_root() {
        starter.push("--map-root-user");
    }
    starter.extend(["sh", "-c", &script, "sh"]);
    guest.command_by(&starter, &[&[MEMORY], options, &["image"]].concat())
}

#[test]
fn the_mtu_is_that_of_the_tap_device() {
    let guest = prints_manifest(&[("service", NET)]);
    let up = "ip link set dev tap0 mtu 9000 up";
    let (_, output) = run(&mut with_tap(up, &guest, &["--net:service=tap0"]));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(!output.stdout.is_empty(), "{stderr}");
    assert_eq!(
        manifest_entry(&output.stdout)[78..80],
        9000u16.to_le_bytes()
    );
}

#[test]
fn a_tap_device_that_is_down_is_refused() {
    let guest = prints_manifest(&[("service", NET)]);
    let mut command = with_tap("true", &guest, &["--net:service=tap0"]);
    refused(&mut command, "the TAP device `tap0` is down");
    let mut command = with_tap("true", &guest, &["--net:service=lo"]);
    refused(&mut command, "the TAP device `lo`");
}
