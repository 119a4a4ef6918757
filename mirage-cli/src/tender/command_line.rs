//! The tender's command line, which is that of `solo5-spt`.

use mirage_graph::mac_address::MacAddress;
use std::{
    ffi::{OsStr, OsString},
    os::unix::ffi::OsStrExt,
    path::PathBuf,
};

/// What `--help` prints.
pub const HELP: &str = "\
Runs an image of the target spt, with the command line of solo5-spt

Usage: cargo mirage tender [OPTIONS] [--] KERNEL [ARGS…]

  --mem=MB                     Memory of the guest, in MiB [default: 512]
  --net:NAME=IFACE             Attach the network interface NAME to a TAP device
  --net:NAME=@FD               … or to an open descriptor that carries one frame at a time
  --net-mac:NAME=MAC           The MAC address of NAME [default: a random one]
  --block:NAME=PATH            Attach the block device NAME to a file
  --block-sector-size:NAME=N   The size of its blocks, in bytes [default: 512]
  --x-exec-heap                Let the guest execute its heap
  --help                       Print this
  --version                    Print the version

The guest's status is that of the tender; 1 if the guest cannot be run. A system call that it must
not make ends it with signal 31 (159 for a shell), a bad access to memory with 11 (139).
";

/// The memory of a guest, in MiB, unless another is asked for.
const MEMORY: u64 = 512;
/// The longest command line of a guest, in bytes.
pub const MAX_LEN: usize = 8191;

/// What is asked for.
#[derive(Debug)]
pub enum Request {
    /// To run a guest.
    Run(CommandLine),
    /// `--help`
    Help,
    /// `--version`
    Version,
}

/// How a guest is run.
#[derive(Debug, PartialEq, Eq)]
pub struct CommandLine {
    /// Its memory, in bytes.
    pub memory: u64,
    /// What is said of its devices, by name.
    pub devices: Vec<(String, Setting)>,
    /// Whether it may execute what it writes.
    pub executable_heap: bool,
    /// The image.
    pub kernel: PathBuf,
    /// Its own arguments, joined by single spaces: as the ABI has it, quoting is up to the caller.
    pub arguments: Vec<u8>,
}

/// What an option says of a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Setting {
    /// A network interface's other end.
    Net(Link),
    /// Its MAC address.
    Mac(MacAddress),
    /// The file that is a disk.
    Block(PathBuf),
    /// The size of its blocks, in bytes.
    SectorSize(u64),
}

/// A network interface's other end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// A TAP device, by name.
    Tap(String),
    /// An open descriptor.
    Descriptor(i32),
}

/// Reads the words after `tender`.
///
/// # Errors
/// The sentence says which word is wrong.
pub fn read(words: &[OsString]) -> Result<Request, String> {
    let mut memory = MEMORY;
    let mut devices = Vec::new();
    let mut executable_heap = false;
    let mut words = words.iter();
    let kernel = loop {
        let word = words.next().ok_or("no image is named")?;
        let option = word.to_str().filter(|word| word.starts_with("--"));
        match option {
            Some("--") => break words.next().ok_or("no image is named")?,
            Some("--help") => return Ok(Request::Help),
            Some("--version") => return Ok(Request::Version),
            Some("--x-exec-heap") => executable_heap = true,
            Some(option) => match option.strip_prefix("--mem=") {
                Some(number) => {
                    memory = number
                        .parse()
                        .map_err(|_| format!("`{option}`: expected a number of MiB"))?;
                }
                None => devices.push(device(option)?),
            },
            None => break word,
        }
    };
    let arguments: Vec<_> = words.map(|word| word.as_bytes()).collect();
    let arguments = arguments.join(&b' ');
    if arguments.len() > MAX_LEN {
        return Err(format!(
            "the guest's arguments are longer than {MAX_LEN} bytes"
        ));
    }
    Ok(Request::Run(CommandLine {
        memory: memory
            .checked_mul(1 << 20)
            .ok_or_else(|| format!("there is no memory of {memory} MiB"))?,
        devices,
        executable_heap,
        kernel: PathBuf::from(OsStr::new(kernel)),
        arguments,
    }))
}

/// The options that say something of a device, and what each is given.
const OF_DEVICES: [(&str, &str); 4] = [
    ("--net", "IFACE"),
    ("--net-mac", "MAC"),
    ("--block", "PATH"),
    ("--block-sector-size", "N"),
];

/// `--KIND:NAME=VALUE`
fn device(option: &str) -> Result<(String, Setting), String> {
    let (kind, rest) = option.split_once([':', '=']).unwrap_or((option, ""));
    let known = OF_DEVICES.iter().find(|(known, _)| *known == kind);
    let Some((_, placeholder)) = known else {
        return Err(format!("there is no option `{option}`; `--help` lists all"));
    };
    let expected = |what: &str| format!("`{option}`: expected {what}");
    let halves = rest.split_once('=');
    let (name, value) = halves
        .filter(|(name, value)| !name.is_empty() && !value.is_empty())
        .ok_or_else(|| expected(&format!("`{kind}:NAME={placeholder}`")))?;
    let setting = match kind {
        "--net" => Setting::Net(match value.strip_prefix('@') {
            None => Link::Tap(value.into()),
            Some(number) => {
                let number = number.parse().ok().filter(|number| *number >= 0);
                let number = number.ok_or_else(|| {
                    expected("the number of an open descriptor after `@`, such as `@3`")
                })?;
                Link::Descriptor(number)
            }
        }),
        "--net-mac" => Setting::Mac(
            MacAddress::parse_unicast(value)
                .map_err(|_| expected("a unicast MAC address, such as `02:00:00:00:00:01`"))?,
        ),
        "--block" => Setting::Block(value.into()),
        _ => Setting::SectorSize(value.parse().map_err(|_| expected("a number of bytes"))?),
    };
    Ok((name.into(), setting))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[&str]) -> Result<Request, String> {
        super::read(&words.iter().map(OsString::from).collect::<Vec<_>>())
    }

    fn run(words: &[&str]) -> CommandLine {
        match read(words) {
            Ok(Request::Run(command_line)) => command_line,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn options_stand_before_the_image() {
        let command_line = run(&[
            "--mem=2",
            "--net:service=tap0",
            "--net-mac:service=02:00:00:00:00:0A",
            "--net:other=@5",
            "--block:storage=a=b",
            "--block-sector-size:storage=4096",
            "--x-exec-heap",
            "image",
            "--mem=3",
            "--",
            "a b",
        ]);
        let settings = [
            ("service", Setting::Net(Link::Tap("tap0".into()))),
            ("service", Setting::Mac(MacAddress([2, 0, 0, 0, 0, 10]))),
            ("other", Setting::Net(Link::Descriptor(5))),
            ("storage", Setting::Block("a=b".into())),
            ("storage", Setting::SectorSize(4096)),
        ];
        let expected = CommandLine {
            memory: 2 << 20,
            devices: settings.map(|(name, value)| (name.into(), value)).into(),
            executable_heap: true,
            kernel: "image".into(),
            arguments: b"--mem=3 -- a b".into(),
        };
        assert_eq!(command_line, expected);
    }

    #[test]
    fn what_is_not_said_is_as_with_solo5() {
        let command_line = run(&["--", "--image"]);
        assert_eq!(command_line.memory, 512 << 20);
        assert_eq!(command_line.kernel, PathBuf::from("--image"));
        assert!(!command_line.executable_heap && command_line.arguments.is_empty());
        assert!(matches!(read(&["--help"]), Ok(Request::Help)));
        assert!(matches!(read(&["--version"]), Ok(Request::Version)));
    }

    #[test]
    fn wrong_words_are_refused() {
        let long = "x".repeat(MAX_LEN + 1);
        for (words, said) in [
            (&[][..], "no image is named"),
            (&["--"], "no image is named"),
            (&["--mem=", "image"], "`--mem=`: expected a number of MiB"),
            (
                &["--mem=18446744073709551615", "image"],
                "there is no memory of 18446744073709551615 MiB",
            ),
            (&["--memory=1", "image"], "there is no option `--memory=1`"),
            (
                &["--net:x", "image"],
                "`--net:x`: expected `--net:NAME=IFACE`",
            ),
            (
                &["--net:=tap", "image"],
                "`--net:=tap`: expected `--net:NAME=IFACE`",
            ),
            (
                &["--net:x=", "image"],
                "`--net:x=`: expected `--net:NAME=IFACE`",
            ),
            (&["--disk:x=y", "image"], "there is no option `--disk:x=y`"),
            (
                &["--net:x=@tap0", "image"],
                "`--net:x=@tap0`: expected the number of an open descriptor",
            ),
            (
                &["--net:x=@-1", "image"],
                "`--net:x=@-1`: expected the number of an open descriptor",
            ),
            (
                &["--net-mac:x=01:00:00:00:00:01", "image"],
                "`--net-mac:x=01:00:00:00:00:01`: expected a unicast MAC address",
            ),
            (
                &["--net-mac:x=2:0:0:0:0:1", "image"],
                "`--net-mac:x=2:0:0:0:0:1`: expected a unicast MAC address",
            ),
            (
                &["--block-sector-size:x=big", "image"],
                "`--block-sector-size:x=big`: expected a number of bytes",
            ),
            (
                &["image", &long],
                "the guest's arguments are longer than 8191 bytes",
            ),
        ] {
            let refusal = read(words).expect_err(said);
            assert!(refusal.starts_with(said), "{refusal}");
        }
        assert!(read(&["image", &long[1..]]).is_ok());
    }
}
