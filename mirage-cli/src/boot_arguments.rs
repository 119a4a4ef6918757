//! Checks the unikernel's boot arguments before it boots.

use crate::{
    arguments::Run,
    failure::{Failure, Result},
    ports::Forward,
};
use mirage_graph::{
    argument::{
        Argument, ArgumentError, BAD_ARGUMENT, Help, MAX_COMMAND_LINE_LEN, PROCESS_OPTIONS,
        ParsedArgs,
        command_line::join,
        standard::{ENV, IPV4_ONLY, IPV6_ONLY, SEPARATOR, Variable, take_program_arguments},
    },
    graph::Graph,
    readiness::REPORT_PORTS,
    target::Target,
};
use std::ffi::OsString;

/// The outcome of parsing the boot arguments.
#[derive(Debug, PartialEq, Eq)]
pub enum BootArguments {
    /// `--help` was among them: the text to print.
    Help(String),
    /// The arguments in canonical form, each value attached to its argument, and the graph with
    /// their values.
    Run(Vec<String>, Box<Graph>),
}

/// Parses and checks the boot arguments of the unikernel of `graph` on `target`.
pub fn parse(graph: &Graph, target: Target, args: &[OsString]) -> Result<BootArguments> {
    let args = args.iter().map(|arg| {
        let not_utf8 = || format!("the boot argument {arg:?} is not UTF-8");
        let text = arg.to_str().map(String::from);
        text.ok_or_else(|| Failure::with_status(BAD_ARGUMENT, not_utf8()))
    });
    let mut args: Vec<_> = args.collect::<Result<_>>()?;
    let of_program = match graph.std {
        true => take_program_arguments(&mut args),
        false => Vec::new(),
    };
    let arguments: Vec<_> = graph.arguments.iter().map(Argument::as_ref).collect();
    let mut lists = vec![arguments.as_slice()];
    if target == Target::Unix {
        lists.push(&PROCESS_OPTIONS);
    }
    let parsed = ParsedArgs::parse(&graph.name, args, &lists).and_then(|parsed| {
        let Some(parsed) = parsed else {
            return Ok(None);
        };
        parsed.check_values()?;
        graph.check_arguments(&parsed)?;
        parsed.list::<Variable>(ENV)?;
        let mut args = parsed.to_args();
        if !of_program.is_empty() {
            args.push(SEPARATOR.into());
            args.extend(of_program);
        }
        if !fits(&args) {
            return Err(ArgumentError::TooLong);
        }
        Ok(Some((args, graph.clone().with_arguments(&parsed))))
    });
    match parsed {
        Ok(Some((args, graph))) => Ok(BootArguments::Run(args, Box::new(graph))),
        Ok(None) => {
            let help = Help {
                name: &graph.name,
                lists: &lists,
            };
            Ok(BootArguments::Help(help.to_string()))
        }
        Err(error) => {
            let is_unknown = matches!(
                error,
                ArgumentError::Unknown { .. } | ArgumentError::Stray(_)
            );
            let family = match &error {
                ArgumentError::Unknown { option, .. } => missing_family(graph, option),
                _ => None,
            };
            let failure = Failure::with_status(BAD_ARGUMENT, error);
            Err(match family {
                Some(reason) => failure.help(reason),
                None if is_unknown && graph.std => {
                    failure.help("the program's own arguments follow another `--`")
                }
                None => failure,
            })
        }
    }
}

/// Returns why an interface cannot use one family only, if that is what `option` asks for.
fn missing_family(graph: &Graph, option: &str) -> Option<&'static str> {
    let is_of_ipv4 = option.ends_with(IPV4_ONLY);
    if !is_of_ipv4 && !option.ends_with(IPV6_ONLY) {
        return None;
    }
    let name = option.trim_start_matches('-');
    let mut interfaces = graph.interfaces();
    let asked = if is_of_ipv4 { IPV4_ONLY } else { IPV6_ONLY };
    let (_, interface) = interfaces.find(|(node, _)| graph.argument_name(*node, asked) == name)?;
    Some(match (interface.has_ipv4(), interface.ip6.is_some()) {
        (true, true) => {
            "the addresses of this interface are fixed: `ip6 = boot(\"…\")` lets the boot choose"
        }
        (true, false) => "the interface has IPv4 only: `ip6 = \"…\"` gives it IPv6",
        _ => "the interface has IPv6 only: `ip = \"…\"` gives it IPv4",
    })
}

/// Moves the options of a process from `args` to those of the tool, which checks them and passes them on.
pub fn take_process_options(args: &mut Vec<String>, options: &mut Run) -> Result<()> {
    let names = PROCESS_OPTIONS.map(|option| format!("{}=", option.option()));
    let is_taken = |arg: &String| names.iter().any(|name| arg.starts_with(name));
    let separator = args.iter().position(|arg| arg == SEPARATOR);
    let before = ..separator.unwrap_or(args.len());
    let taken = args.extract_if(before, |arg| is_taken(arg)).collect();
    let refused = |error: ArgumentError| Failure::with_status(BAD_ARGUMENT, error);
    // The arguments are in canonical form, without the name of a program.
    if let Some(parsed) = ParsedArgs::parse("", taken, &[&PROCESS_OPTIONS]).map_err(refused)? {
        options
            .ports
            .extend(parsed.list::<Forward>("publish").map_err(refused)?);
        options.net.extend(parsed.list("net").map_err(refused)?);
        options.block.extend(parsed.list("block").map_err(refused)?);
    }
    Ok(())
}

/// Adds the request to report open ports, if the command line has room for it.
pub fn request_ports(args: &mut Vec<String>) {
    // Before the arguments of the program.
    let separator = args.iter().position(|arg| arg == SEPARATOR);
    let at = separator.unwrap_or(args.len());
    args.insert(at, REPORT_PORTS.into());
    if !fits(args) {
        args.remove(at);
    }
}

fn fits(args: &[String]) -> bool {
    join(args.iter().map(String::as_str)).len() <= MAX_COMMAND_LINE_LEN
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::tests::example;
    use mirage_graph::{
        argument::{Presence, standard},
        graph::{ConfigValue, NodeKind, Spanned},
        ipv6::AddressOrSlaac,
        name_servers::NameServers,
    };
    use std::os::unix::ffi::OsStringExt;

    fn parse(target: Target, args: &[&str]) -> Result<BootArguments> {
        let args: Vec<_> = args.iter().map(OsString::from).collect();
        super::parse(&example(), target, &args)
    }

    #[test]
    fn values_are_attached() {
        let parsed = parse(
            Target::Virtio,
            &["--motto", "ro", "--colour=a b", "--verbose"],
        );
        let args = ["--motto=ro", "--verbose", "--colour=a b"].map(String::from);
        let expected = BootArguments::Run(args.into(), Box::new(example()));
        assert_eq!(parsed.expect("arguments"), expected);
    }

    #[test]
    fn the_request_for_ports_makes_no_command_line_too_long() {
        let motto = format!("--motto={}", "x".repeat(MAX_COMMAND_LINE_LEN - 8));
        for (arg, fits) in [
            (&motto[..], false),
            (&motto[REPORT_PORTS.len() + 1..], true),
        ] {
            let mut args = vec![arg.to_string()];
            request_ports(&mut args);
            assert_eq!(args.len() == 2, fits);
        }
    }

    #[test]
    fn messages_are_those_of_the_image() {
        let long = format!("--motto={}", "x".repeat(MAX_COMMAND_LINE_LEN));
        for (args, message) in [
            (&["--size=1"][..], "`--motto=TEXT` is required"),
            (
                &["--motto=x", "--size=many"],
                "invalid value `many` for `--size`: expected a number from 0 to 65535",
            ),
            (
                &["--motto=x", "--publish", "9000:80"],
                "unknown argument `--publish`; `--help` lists all arguments",
            ),
            (&[&long], "the command line is longer than 4095 bytes"),
        ] {
            let failure = parse(Target::Virtio, args).expect_err(message);
            assert!(failure.to_string().contains(message), "{failure}");
        }
    }

    #[test]
    fn an_argument_that_is_not_text_is_named() {
        let motto = OsString::from_vec(b"--motto=\xff".into());
        let refused = super::parse(&example(), Target::Virtio, &[motto]).expect_err("no text");
        let message = "the boot argument \"--motto=\\xFF\" is not UTF-8";
        assert!(refused.to_string().contains(message), "{refused}");
    }

    /// A description, as the manifest of an image has it.
    fn required(argument: Argument<&str>) -> Argument {
        Argument {
            name: argument.name.into(),
            section: argument.section.into(),
            help: argument.help.into(),
            value: argument.value.into(),
            kind: argument.kind,
            presence: Presence::Required,
        }
    }

    #[test]
    fn a_property_without_a_default_is_given() {
        let mut graph = example();
        graph.arguments = vec![required(standard::ipv4("ipv4", None))];
        let refused = super::parse(&graph, Target::Virtio, &[]).expect_err("no address");
        let message = "`--ipv4=ADDRESS/LENGTH` is required";
        assert!(refused.to_string().contains(message), "{refused}");
        let parsed = super::parse(&graph, Target::Virtio, &["--ipv4=10.0.0.2".into()]);
        assert!(matches!(parsed, Ok(BootArguments::Run(..))), "{parsed:?}");
    }

    /// As a container runtime passes it where there is none.
    #[test]
    fn an_empty_gateway_is_none() {
        let mut graph = example();
        graph.arguments = vec![required(standard::gateway("ipv4-gateway", None))];
        let interface = graph
            .nodes
            .iter_mut()
            .find_map(|node| match &mut node.kind {
                NodeKind::Interface(interface) => Some(interface),
                _ => None,
            });
        let gateway = interface.and_then(|interface| interface.gateway.as_mut());
        gateway.expect("the example has one").value = ConfigValue::Boot(None);
        for (arg, expected) in [
            ("--ipv4-gateway=", None),
            (
                "--ipv4-gateway=10.0.0.9",
                Some(ConfigValue::Known([10, 0, 0, 9].into())),
            ),
        ] {
            let parsed = super::parse(&graph, Target::Spt, &[arg.into(), "/bin/gate".into()]);
            let Ok(BootArguments::Run(args, graph)) = parsed else {
                panic!("{parsed:?}");
            };
            assert_eq!(args, [arg]);
            let interface = graph.interfaces().next().expect("an interface").1;
            assert_eq!(interface.gateway.map(|gateway| gateway.value), expected);
        }
    }

    #[test]
    fn name_servers_are_checked_and_may_be_none() {
        let mut graph = example();
        graph.arguments = vec![required(standard::dns_servers("dns-servers", None))];
        let mut nodes = graph.nodes.iter_mut();
        let dns = nodes.find_map(|node| match &mut node.kind {
            NodeKind::Interface(interface) => interface.dns.as_mut(),
            _ => None,
        });
        dns.expect("the example has them").value = ConfigValue::Boot(None);
        let servers = NameServers::parse("10.0.0.1,10.0.0.3").expect("two servers");
        for (arg, expected) in [
            ("--dns-servers=", None),
            (
                "--dns-servers=10.0.0.1,10.0.0.3",
                Some(ConfigValue::Known(servers)),
            ),
        ] {
            let parsed = super::parse(&graph, Target::Spt, &[arg.into()]);
            let Ok(BootArguments::Run(_, graph)) = parsed else {
                panic!("{parsed:?}");
            };
            let interface = graph.interfaces().next().expect("an interface").1;
            assert_eq!(interface.dns.map(|dns| dns.value), expected);
        }
        let refused = super::parse(&graph, Target::Spt, &["--dns-servers=10.0.0".into()]);
        let refused = refused.map(|_| ()).expect_err("it is no address");
        let message =
            "invalid value `10.0.0` for `--dns-servers`: `10.0.0` is not the IPv4 address";
        assert!(refused.to_string().contains(message), "{refused}");
        assert!(super::parse(&graph, Target::Spt, &[]).is_err());
    }

    #[test]
    fn ipv6_addresses_are_checked_and_the_gateway_may_be_none() {
        let mut graph = example();
        graph.arguments = vec![
            required(standard::ipv6("ipv6", None)),
            required(standard::ipv6_gateway("ipv6-gateway", None)),
        ];
        let mut nodes = graph.nodes.iter_mut();
        let interface = nodes.find_map(|node| match &mut node.kind {
            NodeKind::Interface(interface) => Some(interface),
            _ => None,
        });
        let interface = interface.expect("the example has one");
        let span = interface.driver.span;
        interface.ip6 = Some(Spanned::new(ConfigValue::Boot(None), span));
        interface.gateway6 = Some(Spanned::new(ConfigValue::Boot(None), span));
        let parse = |line: [&str; 2]| super::parse(&graph, Target::Spt, &line.map(OsString::from));
        for (gateway, expected) in [
            ("--ipv6-gateway=", None),
            (
                "--ipv6-gateway=fe80::1",
                Some(ConfigValue::Known("fe80::1".parse().expect("an address"))),
            ),
        ] {
            let parsed = parse(["--ipv6=fd00::7/48", gateway]);
            let Ok(BootArguments::Run(_, graph)) = parsed else {
                panic!("{parsed:?}");
            };
            let interface = graph.interfaces().next().expect("an interface").1;
            let address = "fd00::7/48".parse().expect("an address");
            let given = interface.ip6.map(|ip6| ip6.value);
            assert_eq!(given, Some(ConfigValue::Known(address)));
            assert_eq!(interface.gateway6.map(|gateway| gateway.value), expected);
        }
        for (line, message) in [
            (
                ["--ipv6=fe80::7", "--ipv6-gateway="],
                "invalid value `fe80::7` for `--ipv6`: fe80::7 is a link-local address",
            ),
            (
                ["--ipv6=fd00::7", "--ipv6-gateway=router"],
                "invalid value `router` for `--ipv6-gateway`: `router` is not an IPv6 address",
            ),
        ] {
            let refused = parse(line).map(|_| ()).expect_err("it is refused");
            assert!(refused.to_string().contains(message), "{refused}");
        }
    }

    #[test]
    fn slaac_is_possible_if_the_image_contains_it() {
        let mut graph = example();
        graph.arguments = vec![Argument {
            presence: Presence::Default("slaac".into()),
            ..required(standard::ipv6_or_slaac("ipv6", None))
        }];
        let mut nodes = graph.nodes.iter_mut();
        let interface = nodes.find_map(|node| match &mut node.kind {
            NodeKind::Interface(interface) => Some(interface),
            _ => None,
        });
        let interface = interface.expect("the example has one");
        let span = interface.driver.span;
        let default = ConfigValue::Boot(Some(AddressOrSlaac::Slaac));
        interface.ip6 = Some(Spanned::new(default, span));
        let parse = |graph: &Graph, line: &[&str]| {
            let line: Vec<_> = line.iter().map(OsString::from).collect();
            super::parse(graph, Target::Spt, &line)
        };
        let address = "fd00::7".parse().expect("an address");
        for (line, expected) in [
            (&[][..], AddressOrSlaac::Slaac),
            (&["--ipv6=slaac"], AddressOrSlaac::Slaac),
            (&["--ipv6=fd00::7"], address),
        ] {
            let parsed = parse(&graph, line);
            let Ok(BootArguments::Run(_, graph)) = parsed else {
                panic!("{parsed:?}");
            };
            let interface = graph.interfaces().next().expect("an interface").1;
            let given = interface.ip6.map(|ip6| ip6.value);
            assert_eq!(given, Some(ConfigValue::Known(expected)));
        }
        let mut nodes = graph.nodes.iter_mut();
        nodes.find_map(|node| match &mut node.kind {
            NodeKind::Interface(interface) => {
                let default = ConfigValue::Boot(Some(address));
                interface.ip6 = Some(Spanned::new(default, span));
                Some(())
            }
            _ => None,
        });
        let refused = parse(&graph, &["--ipv6=slaac"]).map(|_| ());
        let refused = refused.expect_err("the image has no SLAAC").to_string();
        let message = "invalid value `slaac` for `--ipv6`: the image contains no SLAAC; \
                       `ip6 = boot(\"slaac\")` in its source adds it";
        assert!(refused.contains(message), "{refused}");
    }

    #[test]
    fn one_family_is_chosen_of_an_interface_with_both() {
        let mut graph = example();
        let refused = |graph: &Graph, flag: &str| {
            let refused = super::parse(graph, Target::Spt, &[flag.into()]).map(|_| ());
            refused.expect_err("it is refused").to_string()
        };
        graph.arguments.clear();
        assert!(refused(&graph, "--ipv6-only").contains("the interface has IPv4 only"));
        let interface = |graph: &Graph| graph.interfaces().next().expect("an interface").1.clone();
        let span = interface(&graph).driver.span;
        let mut give = |default| {
            let mut nodes = graph.nodes.iter_mut();
            nodes.find_map(|node| match &mut node.kind {
                NodeKind::Interface(interface) => {
                    interface.ip6 = Some(Spanned::new(default, span));
                    Some(())
                }
                _ => None,
            });
            graph.clone()
        };
        let address = "fd00::7".parse().expect("an address");
        let fixed = give(ConfigValue::Known(address));
        assert!(
            refused(&fixed, "--ipv4-only").contains("the addresses of this interface are fixed")
        );
        let mut both = give(ConfigValue::Boot(Some(address)));
        let flag = |argument: Argument<&str>| Argument {
            presence: Presence::Optional,
            ..required(argument)
        };
        both.arguments = vec![
            flag(standard::ipv4_only("ipv4-only")),
            flag(standard::ipv6_only("ipv6-only")),
        ];
        for (line, expected) in [
            (&[][..], (true, true)),
            (&["--ipv4-only"], (true, false)),
            (&["--ipv6-only"], (false, true)),
        ] {
            let line: Vec<_> = line.iter().map(OsString::from).collect();
            let parsed = super::parse(&both, Target::Spt, &line);
            let Ok(BootArguments::Run(_, graph)) = parsed else {
                panic!("{parsed:?}");
            };
            let chosen = interface(&graph);
            assert_eq!((chosen.has_ipv4(), chosen.ip6.is_some()), expected);
        }
        let line = ["--ipv4-only".into(), "--ipv6-only".into()];
        let refused = super::parse(&both, Target::Spt, &line).map(|_| ());
        let message = "`--ipv4-only` and `--ipv6-only` exclude each other";
        assert!(refused.expect_err("both").to_string().contains(message));
    }

    #[test]
    fn a_process_has_options_of_its_own() {
        assert!(parse(Target::Unix, &["--motto=x", "--publish", "9000:80"]).is_ok());
        for (target, has) in [(Target::Unix, true), (Target::Virtio, false)] {
            let Ok(BootArguments::Help(help)) = parse(target, &["--help"]) else {
                panic!("`--help` was given");
            };
            assert_eq!(help.contains("--publish=HOST:GUEST"), has, "{help}");
            assert!(help.contains("[default: 80]"), "{help}");
        }
    }
}
