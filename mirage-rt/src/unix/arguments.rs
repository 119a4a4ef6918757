//! The process's arguments: which host port stands for which port, and whether a TAP is used.

use alloc::{string::String, vec::Vec};
use core::fmt::Display;
use mirage_graph::port;
use std::{io::Write, sync::OnceLock};

/// Status after `--help`, as in MirageOS.
const HELP_SHOWN: u8 = 63;
/// Status after an argument that is wrong, as in MirageOS.
const BAD_ARGUMENT: u8 = 64;

const HELP: &str = "\
Options:
  -p HOST:GUEST     reach the unikernel's port GUEST at 127.0.0.1:HOST
                    (else a port below 1024 is 8000 higher, any other the same)
  --net tap=NAME    run the unikernel's own network stack on the TAP device NAME;
                    --net NODE:tap=NAME for the interface NODE of several
  --help            print this
";

/// What the process was asked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Arguments {
    forwards: Vec<Forward>,
    /// The TAP devices on which the unikernel's own stack is to run.
    taps: Vec<Tap>,
}

#[derive(Debug, PartialEq, Eq)]
struct Forward {
    host: u16,
    guest: u16,
}

#[derive(Debug, PartialEq, Eq)]
struct Tap {
    /// The interface; the only one, if it is not said.
    node: Option<String>,
    name: String,
}

impl Arguments {
    /// The name of the TAP device for the interface `node`, if it is to run on one.
    pub(super) fn tap(&self, node: &str) -> Option<&str> {
        let mut taps = self.taps.iter();
        let tap = taps.find(|tap| tap.node.as_deref().is_none_or(|name| name == node));
        tap.map(|tap| tap.name.as_str())
    }

    /// The host's port at which the unikernel's port `guest` is reached.
    pub(super) fn host_port(&self, guest: u16) -> u16 {
        let asked = self.forwards.iter().find(|forward| forward.guest == guest);
        asked.map_or_else(|| port::on_host(guest), |forward| forward.host)
    }
}

static ARGUMENTS: OnceLock<Arguments> = OnceLock::new();

/// What the process was asked for; nothing, in a test.
pub(super) fn current() -> &'static Arguments {
    ARGUMENTS.get_or_init(Arguments::default)
}

/// Reads the process's arguments; ends it if one is wrong.
pub(super) fn read() {
    let arguments = std::env::args_os()
        .skip(1)
        .map(|argument| argument.to_string_lossy().into());
    match parse(arguments) {
        Ok(Request::Run(arguments)) => {
            let _ = ARGUMENTS.set(arguments);
        }
        Ok(Request::Help) => {
            super::write_console(HELP.as_bytes());
            super::exit(HELP_SHOWN);
        }
        Err(message) => {
            let _ = writeln!(std::io::stderr(), "error: {message}\n\n{HELP}");
            super::exit(BAD_ARGUMENT);
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Request {
    Run(Arguments),
    Help,
}

fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Request, String> {
    let mut parsed = Arguments::default();
    while let Some(argument) = arguments.next() {
        let (option, attached) = match argument.split_once('=') {
            Some((option @ "--net", value)) => (option, Some(String::from(value))),
            _ => (argument.as_str(), None),
        };
        let mut value = || {
            attached
                .clone()
                .or_else(|| arguments.next())
                .ok_or_else(|| wrong(option, "needs a value"))
        };
        match option {
            "-p" => {
                let value = value()?;
                let forward = forward(&value).ok_or_else(|| {
                    wrong(
                        &value,
                        "is not HOST:GUEST, two ports from 1 to 65535, such as 8080:80",
                    )
                })?;
                parsed.forwards.push(forward);
            }
            "--net" => {
                let value = value()?;
                let tap = tap(&value)
                    .ok_or_else(|| wrong(&value, "is not `tap=NAME` or `NODE:tap=NAME`"))?;
                parsed.taps.push(tap);
            }
            "--help" => return Ok(Request::Help),
            _ => return Err(wrong(&argument, "is not an option of this unikernel")),
        }
    }
    Ok(Request::Run(parsed))
}

fn wrong(argument: &str, why: impl Display) -> String {
    alloc::format!("`{argument}` {why}")
}

fn tap(text: &str) -> Option<Tap> {
    let (node, name) = match text.split_once(':') {
        Some((node, name)) => (Some(node.into()), name),
        None => (None, text),
    };
    let name = name.strip_prefix("tap=").filter(|name| !name.is_empty())?;
    let name = name.into();
    Some(Tap { node, name })
}

fn forward(text: &str) -> Option<Forward> {
    let (host, guest) = text.split_once(':')?;
    let port = |text: &str| text.parse::<u16>().ok().filter(|port| *port != 0);
    Some(Forward {
        host: port(host)?,
        guest: port(guest)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Request, String> {
        parse(line.split_whitespace().map(String::from))
    }

    fn run(line: &str) -> Arguments {
        match parsed(line) {
            Ok(Request::Run(arguments)) => arguments,
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn ports_are_mapped_by_rule_or_by_request() {
        let arguments = run("-p 9000:80 -p 53:5353");
        assert_eq!(arguments.host_port(80), 9000);
        assert_eq!(arguments.host_port(5353), 53);
        assert_eq!(arguments.host_port(443), 8443);
        assert_eq!(arguments.host_port(1024), 1024);
    }

    #[test]
    fn a_tap_is_asked_for_in_both_ways_of_writing() {
        assert_eq!(run("--net tap=tap0").tap("net"), Some("tap0"));
        assert_eq!(run("--net=tap=tap0").tap("net"), Some("tap0"));
        let several = run("--net wan:tap=tap0 --net lan:tap=tap1");
        assert_eq!(several.tap("lan"), Some("tap1"));
        assert_eq!(several.tap("wan"), Some("tap0"));
        assert_eq!(several.tap("dmz"), None);
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (line, message) in [
            ("-p", "`-p` needs a value"),
            (
                "-p 80",
                "`80` is not HOST:GUEST, two ports from 1 to 65535, such as 8080:80",
            ),
            (
                "-p 0:80",
                "`0:80` is not HOST:GUEST, two ports from 1 to 65535, such as 8080:80",
            ),
            ("--net user", "`user` is not `tap=NAME` or `NODE:tap=NAME`"),
            ("--prt", "`--prt` is not an option of this unikernel"),
        ] {
            assert_eq!(parsed(line), Err(message.into()), "{line}");
        }
        assert_eq!(parsed("--help"), Ok(Request::Help));
    }
}
