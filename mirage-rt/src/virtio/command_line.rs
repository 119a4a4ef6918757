//! The boot arguments on the kernel command line. Loaders add parameters for Linux to it.

#[cfg(mirage_target)]
use super::memory;
#[cfg(mirage_target)]
use crate::readiness;
use alloc::{string::String, vec::Vec};
use mirage_graph::argument::{ArgumentError, command_line, standard::SEPARATOR};

/// Parameters of Linux that VMMs add: Firecracker's default command line and its root device, and common
/// parameters with QEMU and Cloud Hypervisor.
const LINUX_PARAMETERS: [&str; 14] = [
    "console",
    "earlyprintk",
    "init",
    "nomodule",
    "nomodules",
    "panic",
    "pci",
    "quiet",
    "reboot",
    "ro",
    "root",
    "rootfstype",
    "rw",
    "swiotlb",
];

/// Prefixes of parameters of Linux modules, such as `8250.nr_uarts=0`.
const LINUX_MODULES: [&str; 3] = ["8250.", "i8042.", "virtio_mmio."];

/// Returns whether the command line has any argument with dashes except the request to report open
/// ports, which this accepts. Does not parse it further, because every image contains this function: other
/// words may be for Linux, or the unikernel's name.
#[cfg(mirage_target)]
pub(crate) fn has_arguments(_name: &str) -> bool {
    let mut args = memory::command_line().split(|byte| *byte == b' ');
    args.any(|arg| arg.starts_with(b"--") && !readiness::take_request(arg))
}

/// Splits the command line into arguments, without those for Linux.
///
/// # Errors
/// Returns an error if the line is too long, is not UTF-8 or has an unclosed quote.
#[cfg(mirage_target)]
pub(crate) fn boot_arguments() -> Result<Vec<String>, ArgumentError> {
    memory::whole_command_line().and_then(for_unikernel)
}

/// Returns the arguments of `line` that are for the unikernel.
fn for_unikernel(line: &[u8]) -> Result<Vec<String>, ArgumentError> {
    let line = core::str::from_utf8(line).map_err(|_| ArgumentError::NotText)?;
    let mut args = command_line::split(line).map_err(ArgumentError::Unfinished)?;
    // What follows is a program's own, where only what monitors append is left out.
    let mut is_for_program = false;
    args.retain(|arg| {
        is_for_program |= cfg!(feature = "std") && arg == SEPARATOR;
        match is_for_program {
            true => !is_for_module(arg),
            false => !is_for_linux(arg),
        }
    });
    Ok(args)
}

fn is_for_linux(arg: &str) -> bool {
    let name = arg.split_once('=').map_or(arg, |(name, _)| name);
    LINUX_PARAMETERS.contains(&name) || is_for_module(name)
}

fn is_for_module(name: &str) -> bool {
    LINUX_MODULES.iter().any(|module| name.starts_with(module))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever is on the line, arguments are read or refused with a message.
    #[test]
    fn fuzz_command_line() {
        use mirage_graph::argument::{ParsedArgs, standard};
        let lists: [&[_]; 1] = [&[
            standard::ipv4("ipv4", Some("10.0.0.2/24")),
            standard::gateway("ipv4-gateway", None),
            standard::logs("info"),
            standard::name("gate"),
        ]];
        let seed = b"console=ttyS0 -- --ipv4=10.0.0.3/8 --ipv4-gateway 10.0.0.1 --logs='a:debug,*:info' --help";
        fuzzing::fuzz("command-line", &[seed.to_vec()], |input| {
            let parsed = for_unikernel(input).and_then(|args| {
                let parsed = ParsedArgs::parse("gate", args, &lists)?;
                parsed.as_ref().map_or(Ok(()), ParsedArgs::check_values)
            });
            if let Err(error) = parsed {
                assert!(!alloc::format!("{error}").is_empty());
            }
        });
    }

    #[test]
    fn what_monitors_write_for_linux_is_left_out() {
        // The default of Firecracker 1.13 with its root device, and what microvm adds.
        let line = b"reboot=k panic=1 nomodule 8250.nr_uarts=0 i8042.noaux i8042.nomux \
            i8042.dumbkbd swiotlb=noforce pci=off --motto='two  words' root=/dev/vda rw \
            virtio_mmio.device=4K@0xc0001000:5 console=ttyS0 --port 80";
        let args = for_unikernel(line).expect("args");
        assert_eq!(args, ["--motto=two  words", "--port", "80"]);
    }

    #[cfg(feature = "std")]
    #[test]
    fn what_follows_the_separator_is_for_the_program() {
        let line = b"console=ttyS0 --env A=b -- panic ro virtio_mmio.device=4K@0xc0001000:5";
        let args = for_unikernel(line).expect("args");
        assert_eq!(args, ["--env", "A=b", "--", "panic", "ro"]);
    }

    #[test]
    fn unknown_parameters_are_kept_so_that_they_are_refused() {
        let args = for_unikernel(b"port=80 panicky rooted=1 8250").expect("args");
        assert_eq!(args, ["port=80", "panicky", "rooted=1", "8250"]);
    }

    #[test]
    fn a_value_that_looks_like_linux_is_kept_where_it_is_attached() {
        let args = for_unikernel(b"--motto=console=ttyS0 --mode=ro").expect("args");
        assert_eq!(args, ["--motto=console=ttyS0", "--mode=ro"]);
    }

    #[test]
    fn what_is_no_text_is_refused() {
        assert_eq!(for_unikernel(b"--a=\xff"), Err(ArgumentError::NotText));
        let unfinished = for_unikernel(b"--a='b").expect_err("an open quote");
        assert_eq!(
            alloc::format!("{unfinished}"),
            "the command line: a quote (') is not closed"
        );
    }
}
