//! The subcommands and options, as clap knows them.

use super::{
    option::{flag, option},
    selection,
    value::{self, named},
};
use crate::ports::{Forward, NamedForward};
use clap::{Arg, ArgAction, Command, value_parser};
use mirage_graph::target::Target;
use std::{ffi::OsString, path::PathBuf};

const AFTER_HELP: &str = "\
Exit status:
  `run` exits with the unikernel's own status: 0, 1 for an error, 255 for a panic,
       63 after its `--help`, 64 if one of its arguments is wrong
  2    the arguments of this tool are wrong
  69   a required program is not installed
  70   QEMU or the tender failed
  101  any other failure, such as a failed build";

/// `cargo mirage`
pub(super) fn tool() -> Command {
    Command::new("cargo mirage")
        .bin_name("cargo mirage")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Builds, runs, tests and describes unikernels")
        .after_help(AFTER_HELP)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands([
            build(),
            run(),
            up(),
            plan(),
            test(),
            describe(),
            expand(),
            size(),
            new(),
            doctor(),
            tender(),
        ])
}

fn workspace(help: &'static str) -> Arg {
    flag("workspace", help)
}

fn target(help: &'static str, default: &'static str) -> Arg {
    option("target", "TARGET", help)
        .short('t')
        .value_parser(named::<Target>())
        .default_value(default)
}

fn message_format(help: &'static str) -> Arg {
    option("message-format", "FORMAT", help)
        .value_parser(named::<value::MessageFormat>())
        .default_value("human")
}

fn install() -> Arg {
    flag(
        "install",
        "Install missing programs from the distribution's packages (Debian and Ubuntu)",
    )
}

fn build() -> Command {
    let target = option(
        "target",
        "TARGET",
        "Build for this target only; may be repeated [default: all declared targets]",
    );
    Command::new("build")
        .about("Compile a unikernel and print the image of each target")
        .args(selection::package())
        .arg(workspace("Build all unikernels of the workspace"))
        .arg(
            target
                .short('t')
                .value_parser(named::<Target>())
                .action(ArgAction::Append),
        )
        .args(selection::profile())
        .arg(flag(
            "oci",
            "Put the image into an OCI archive for the container runtime urunc, beside the image",
        ))
        .arg(message_format("Output format"))
}

fn run() -> Command {
    let forward = option(
        "publish",
        "HOST:GUEST",
        "Forward 127.0.0.1:HOST to the unikernel's port GUEST; may be repeated [default: HOST is 8000 higher \
         for a port below 1024, and the same for any other]",
    );
    let net = option(
        "net",
        "NET",
        "`user`: a user network with forwarded ports; `tap=IFACE`: a TAP device of the host; \
         `NODE:tap=IFACE`: for one of several interfaces [default: user]",
    );
    let block = option(
        "block",
        "DISK",
        "`file=PATH`: a file of the host; `NODE:file=PATH`: for one of several disks [default: a file \
         beside the image, if the disk declares its size]",
    );
    let gdb = option(
        "gdb",
        "PORT",
        "Wait for gdb at this port of 127.0.0.1 [default: 1234], and print the line that starts it and stops \
         at the first line of `main`",
    );
    Command::new("run")
        .about("Build a unikernel and run it")
        .args(selection::package())
        .arg(target("The target to build and run", "unix"))
        .args(selection::profile())
        .arg(
            forward
                .short('P')
                .value_parser(value_parser!(Forward))
                .action(ArgAction::Append),
        )
        .arg(
            option(
                "tender",
                "TENDER",
                "The tender for images of spt and hvt [default: own for spt, solo5 for hvt]",
            )
            .value_parser(named::<value::Tenders>()),
        )
        .args(qemu())
        .arg(
            net.value_parser(value_parser!(value::NetOption))
                .action(ArgAction::Append),
        )
        .arg(
            block
                .value_parser(value_parser!(value::DiskFile))
                .action(ArgAction::Append),
        )
        .arg(
            option(
                "memory",
                "SIZE",
                "The machine's memory, such as 64M, 16MiB or 1G [default: what the unikernel declares, or 64M]",
            )
            .value_parser(value_parser!(value::Memory)),
        )
        .arg(
            gdb.value_parser(value_parser!(u16))
                .num_args(0..=1)
                .require_equals(true)
                .default_missing_value("1234"),
        )
        .arg(flag("dry-run", "Print the command line without running it"))
        .arg(flag("verbose", "Print the command line").short('v'))
        .arg(
            Arg::new("arguments")
                .value_name("ARGS")
                .help("The unikernel's boot arguments")
                .last(true)
                .num_args(1..)
                .value_parser(value_parser!(OsString)),
        )
        .arg(install())
}

/// The options of QEMU's machine.
fn qemu() -> [Arg; 2] {
    [
        option("machine", "MACHINE", "The QEMU machine type [default: q35]")
            .value_parser(named::<value::QemuMachine>()),
        option("accel", "ACCEL", "The QEMU accelerator [default: auto]")
            .value_parser(named::<value::Accel>()),
    ]
}

fn up() -> Command {
    let forward = option(
        "publish",
        "HOST:NAME.PORT",
        "Forward 127.0.0.1:HOST to a port that is open to the outside, such as 8000:web.http; may be repeated \
         [default: HOST is 8000 higher for a port below 1024, and the same for any other, or the next one that is \
         free in the application]",
    );
    let only = option(
        "only",
        "NAMES",
        "Print what these unikernels print, and not the others: `web,api`",
    );
    let target = option(
        "target",
        "TARGET",
        "The target to build and run; `NAME=TARGET` for one of the unikernels; may be repeated [default: spt]",
    );
    Command::new("up")
        .about("Build all unikernels of an application, join them by its networks, and run them")
        .args(selection::package())
        .arg(
            target
                .short('t')
                .value_parser(value_parser!(value::NamedTarget))
                .action(ArgAction::Append),
        )
        .args(selection::profile())
        .arg(
            forward
                .short('P')
                .value_parser(value_parser!(NamedForward))
                .action(ArgAction::Append),
        )
        .arg(only.value_delimiter(',').action(ArgAction::Append))
        .args(qemu())
        .arg(flag(
            "dry-run",
            "Print the command lines without running them",
        ))
        .arg(flag("verbose", "Print the command lines").short('v'))
        .arg(
            Arg::new("arguments")
                .value_name("NAME:ARG")
                .help("Boot arguments, each behind the name of its unikernel: `web:--verbose`")
                .last(true)
                .num_args(1..),
        )
        .arg(install())
}

fn plan() -> Command {
    Command::new("plan")
        .about("Print the plan of an application, also as rules for nftables and Kubernetes")
        .args(selection::package())
        .args(selection::profile())
        .arg(
            option("format", "FORMAT", "Output format")
                .value_parser(named::<value::PlanFormat>())
                .default_value("table"),
        )
}

fn test() -> Command {
    Command::new("test")
        .about("Run the package's tests and build its images")
        .args(selection::package())
        .arg(workspace("Test all unikernels of the workspace"))
        .arg(install())
        .arg(
            Arg::new("filters")
                .value_name("FILTER")
                .help("Run only tests whose names contain one of these")
                .last(true)
                .num_args(1..),
        )
}

fn describe() -> Command {
    Command::new("describe")
        .about("Print the device graph of a unikernel")
        .args(selection::package())
        .arg(target(
            "Show the values of this target, if they differ by target",
            "unix",
        ))
        .arg(
            option("format", "FORMAT", "Output format")
                .value_parser(named::<value::Picture>())
                .default_value("tree"),
        )
        .arg(message_format("`json` is the same as `--format json`"))
}

fn expand() -> Command {
    Command::new("expand")
        .about("Print the code that `#[unikernel]` generates")
        .args(selection::package())
}

fn size() -> Command {
    Command::new("size")
        .about(
            "Print the size of an image by section and crate; a function counts for the crate that defines it",
        )
        .args(selection::package())
        .arg(target("The target whose image is measured", "virtio"))
        .args(selection::profile())
}

fn new() -> Command {
    let path = Arg::new("path")
        .value_name("NAME")
        .help("The directory to create; its last component is the crate's name");
    let runtime = Arg::new("runtime").long("path").value_name("DIR");
    Command::new("new")
        .about("Create a crate with a unikernel")
        .arg(path.required(true).value_parser(value_parser!(PathBuf)))
        .arg(flag(
            "std",
            "Create a program with std, which uses sockets and threads of the standard library",
        ))
        .arg(
            option("git", "URL", "Depend on the runtime in this Git repository")
                .conflicts_with("runtime"),
        )
        .arg(runtime.value_parser(value_parser!(PathBuf)).help(
            "Depend on the runtime in this clone [default: the clone that this tool was built from, or else \
             the version of this tool]",
        ))
}

fn doctor() -> Command {
    Command::new("doctor")
        .about("Check that the required programs are installed")
        .arg(install())
}

fn tender() -> Command {
    Command::new("tender")
        .about("Run an image for the target `spt`, with the command line of solo5-spt")
        .disable_help_flag(true)
        .arg(
            Arg::new("args")
                .value_name("ARGS")
                .help("Options, the image and its arguments; `--help` lists them")
                .num_args(1..)
                .trailing_var_arg(true)
                .allow_hyphen_values(true)
                .value_parser(value_parser!(OsString)),
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        tool().debug_assert();
    }
}
