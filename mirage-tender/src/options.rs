//! The command line, which is that of `solo5-spt`.

use crate::error::Error;
use lexopt::{
    Arg::{Long, Short, Value},
    Parser,
};
use mirage_graph::mac_address::MacAddress;
use std::{ffi::OsString, os::unix::ffi::OsStrExt, path::PathBuf};

/// Returns the text of `--help` for the program `program`.
pub(crate) fn help(program: &str) -> String {
    format!(
        "\
Runs an image of the target spt, with the command line of solo5-spt

Usage: {program} [OPTIONS] [--] KERNEL [ARGS…]

  --mem=MB                     Memory of the guest, in MiB [default: {DEFAULT_MEMORY}]
  --net:NAME=IFACE             Attach the network interface NAME to a TAP device
  --net:NAME=@FD               … or to an open descriptor that carries one frame at a time
  --net-mac:NAME=MAC           The MAC address of NAME [default: a random one]
  --block:NAME=PATH            Attach the block device NAME to a file
  --block-sector-size:NAME=N   The size of its blocks, in bytes [default: 512]
  --x-exec-heap                Let the guest execute its heap
  --help                       Print this
  --version                    Print the version

The exit status is the guest's, or 1 if the guest cannot be run. A forbidden system call ends the
guest with signal 31 (status 159 in a shell), an invalid memory access with signal 11 (139).
"
    )
}

/// The guest's default memory, in MiB.
const DEFAULT_MEMORY: u64 = 512;
/// The longest command line of a guest, in bytes.
const MAX_ARGUMENTS_LEN: usize = 8191;

/// What a command line asks for.
#[derive(Debug)]
pub enum Request {
    /// To run a guest.
    Run(Options),
    /// `--help`
    Help,
    /// `--version`
    Version,
}

/// How a guest is run.
#[derive(Debug, PartialEq, Eq)]
pub struct Options {
    /// The guest's memory, in bytes.
    pub memory: u64,
    /// The options for devices, by the device's name.
    pub devices: Vec<(String, DeviceOption)>,
    /// Whether the guest may execute memory that it can write.
    pub executable_heap: bool,
    /// The image.
    pub kernel: PathBuf,
    /// The guest's command line: its arguments joined by single spaces. Quoting is the caller's task.
    pub arguments: Vec<u8>,
}

/// An option for a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeviceOption {
    /// The host's side of a network interface.
    Net(HostInterface),
    /// The MAC address of a network interface.
    Mac(MacAddress),
    /// The file that is a disk.
    Block(PathBuf),
    /// The size of a disk's blocks, in bytes.
    SectorSize(u64),
}

/// The host's side of a network interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostInterface {
    /// A TAP device, by name.
    Tap(String),
    /// An open descriptor that carries one frame per message.
    Descriptor(i32),
}

impl Options {
    /// Parses the arguments after the program's name.
    ///
    /// # Errors
    /// Returns [`Error::Usage`] for the first wrong argument.
    pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Request, Error> {
        parse(args).map_err(Error::Usage)
    }
}

fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Request, String> {
    let text = |error: lexopt::Error| error.to_string();
    let mut memory = DEFAULT_MEMORY;
    let mut devices = Vec::new();
    let mut executable_heap = false;
    let mut parser = Parser::from_args(args);
    let kernel = loop {
        match parser.next().map_err(text)?.ok_or("no image is named")? {
            Value(kernel) => break kernel,
            Long("help") => return Ok(Request::Help),
            Long("version") => return Ok(Request::Version),
            Long("x-exec-heap") => executable_heap = true,
            Long(option) => {
                let option = format!("--{option}");
                let value = parser.optional_value();
                let value = value.map(OsString::into_string).transpose();
                let value = value.map_err(|value| format!("{value:?} is not UTF-8"))?;
                if option == "--mem" {
                    let number = value.as_deref().unwrap_or_default().parse();
                    memory = number
                        .map_err(|_| format!("`{option}` needs a number of MiB: `{option}=MB`"))?;
                } else {
                    devices.push(device_option(&option, value.as_deref())?);
                }
            }
            option @ Short(_) => return Err(text(option.unexpected())),
        }
    };
    let arguments: Vec<_> = parser.raw_args().map_err(text)?.collect();
    let arguments: Vec<_> = arguments.iter().map(|each| each.as_bytes()).collect();
    let arguments = arguments.join(&b' ');
    if arguments.len() > MAX_ARGUMENTS_LEN {
        return Err(format!(
            "the guest's arguments are longer than {MAX_ARGUMENTS_LEN} bytes"
        ));
    }
    Ok(Request::Run(Options {
        memory: memory
            .checked_mul(1 << 20)
            .ok_or_else(|| format!("a memory of {memory} MiB is too large"))?,
        devices,
        executable_heap,
        kernel: kernel.into(),
        arguments,
    }))
}

/// Parses `--KIND:NAME=VALUE`.
fn device_option(option: &str, value: Option<&str>) -> Result<(String, DeviceOption), String> {
    let (kind, name) = option.split_once(':').unwrap_or((option, ""));
    let placeholder = match kind {
        "--net" => "IFACE",
        "--net-mac" => "MAC",
        "--block" => "PATH",
        "--block-sector-size" => "N",
        _ => return Err(format!("there is no option `{option}`; `--help` lists all")),
    };
    let Some(value) = value.filter(|value| !name.is_empty() && !value.is_empty()) else {
        return Err(format!("`{option}`: expected `{kind}:NAME={placeholder}`"));
    };
    let expected = |what: &str| format!("`{option}={value}`: expected {what}");
    let option = match (kind, value.strip_prefix('@')) {
        ("--net", None) => DeviceOption::Net(HostInterface::Tap(value.into())),
        ("--net", Some(number)) => {
            let number = number.parse().ok().filter(|number| *number >= 0);
            let number = number.ok_or_else(|| {
                expected("the number of an open descriptor after `@`, such as `@3`")
            })?;
            DeviceOption::Net(HostInterface::Descriptor(number))
        }
        ("--net-mac", _) => {
            let mac = MacAddress::parse_unicast(value);
            DeviceOption::Mac(
                mac.map_err(|_| expected("a unicast MAC address, such as `02:00:00:00:00:01`"))?,
            )
        }
        ("--block", _) => DeviceOption::Block(value.into()),
        _ => {
            let size = value.parse().map_err(|_| expected("a number of bytes"))?;
            DeviceOption::SectorSize(size)
        }
    };
    Ok((name.into(), option))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str]) -> Result<Request, Error> {
        Options::parse(args.iter().map(OsString::from))
    }

    fn options(args: &[&str]) -> Options {
        match parse(args) {
            Ok(Request::Run(options)) => options,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn options_precede_the_image() {
        let options = options(&[
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
        let devices = [
            (
                "service",
                DeviceOption::Net(HostInterface::Tap("tap0".into())),
            ),
            (
                "service",
                DeviceOption::Mac(MacAddress([2, 0, 0, 0, 0, 10])),
            ),
            ("other", DeviceOption::Net(HostInterface::Descriptor(5))),
            ("storage", DeviceOption::Block("a=b".into())),
            ("storage", DeviceOption::SectorSize(4096)),
        ];
        let expected = Options {
            memory: 2 << 20,
            devices: devices.map(|(name, value)| (name.into(), value)).into(),
            executable_heap: true,
            kernel: "image".into(),
            arguments: b"--mem=3 -- a b".into(),
        };
        assert_eq!(options, expected);
    }

    #[test]
    fn defaults_are_those_of_solo5() {
        let options = options(&["--", "--image"]);
        assert_eq!(options.memory, 512 << 20);
        assert_eq!(options.kernel, PathBuf::from("--image"));
        assert!(!options.executable_heap && options.arguments.is_empty());
        assert!(matches!(parse(&["--help"]), Ok(Request::Help)));
        assert!(matches!(parse(&["--version"]), Ok(Request::Version)));
    }

    #[test]
    fn wrong_arguments_are_refused() {
        let long = "x".repeat(MAX_ARGUMENTS_LEN + 1);
        for (args, message) in [
            (&[][..], "no image is named"),
            (&["--"], "no image is named"),
            (&["-m", "image"], "invalid option '-m'"),
            (&["--mem", "image"], "`--mem` needs a number of MiB"),
            (&["--mem=", "image"], "`--mem` needs a number of MiB"),
            (
                &["--mem=18446744073709551615", "image"],
                "a memory of 18446744073709551615 MiB is too large",
            ),
            (&["--memory=1", "image"], "there is no option `--memory`"),
            (
                &["--net:x", "image"],
                "`--net:x`: expected `--net:NAME=IFACE`",
            ),
            (
                &["--net:=tap", "image"],
                "`--net:`: expected `--net:NAME=IFACE`",
            ),
            (
                &["--net:x=", "image"],
                "`--net:x`: expected `--net:NAME=IFACE`",
            ),
            (&["--disk:x=y", "image"], "there is no option `--disk:x`"),
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
            let error = parse(args).expect_err(message).to_string();
            assert!(error.starts_with(message), "{error}");
        }
        assert!(parse(&["image", &long[1..]]).is_ok());
    }
}
