use super::*;
use crate::{json, text::Text};
use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::net::Ipv4Addr;

const fn argument(
    name: &'static str,
    value: &'static str,
    kind: Kind,
    presence: Presence<&'static str>,
) -> Argument<&'static str> {
    Argument {
        name,
        section: "Program",
        help: "Help text",
        value,
        kind,
        presence,
    }
}

const NETWORK: &[Argument<&str>] = &[
    Argument {
        name: "ipv4",
        section: "Network",
        help: "The \"address\"\nof\u{1f} the \\ interface",
        value: "ADDRESS/PREFIX",
        kind: Kind::InterfaceAddress,
        presence: Presence::Default("10.0.0.2/24"),
    },
    standard::gateway("ipv4-gateway", Some("10.0.0.1")),
];

const PROGRAM: &[Argument<&str>] = &[
    argument("port", "PORT", Kind::U16, Presence::Required),
    argument("motto", "TEXT", Kind::Text, Presence::Optional),
    argument("verbose", "", Kind::Flag, Presence::Optional),
    argument("dns", "ADDRESS", Kind::Address, Presence::List),
    argument("offset", "NUMBER", Kind::I8, Presence::Default("0")),
];

const LISTS: &[&[Argument<&str>]] = &[NETWORK, PROGRAM, &PROCESS_OPTIONS];

fn read(line: &str) -> Result<Option<ParsedArgs<'static>>, ArgumentError> {
    let args = command_line::split(line).expect("a command line");
    ParsedArgs::parse("gate", args, LISTS)
}

fn parsed(line: &str) -> ParsedArgs<'static> {
    read(line).expect(line).expect("no help was asked for")
}

#[test]
fn a_wrong_default_is_told_from_what_was_given() {
    const COLOUR: &[Argument<&str>] = &[argument(
        "colour",
        "COLOUR",
        Kind::Other,
        Presence::Default("mauve"),
    )];
    let message = |line: &str| {
        let args = command_line::split(line).expect("a command line");
        let parsed = ParsedArgs::parse("gate", args, &[COLOUR]).expect(line);
        let value = parsed
            .expect("no help was asked for")
            .value::<bool>("colour");
        value.expect_err("no colour is a bool").to_string()
    };
    assert_eq!(
        message(""),
        "the default `mauve` of `--colour`, which the unikernel declares, is invalid: provided string was not `true` or `false`"
    );
    assert!(message("--colour=red").starts_with("invalid value `red` for `--colour`: "));
}

#[test]
fn values_are_attached_or_follow() {
    let parsed = parsed(
        "--publish 9000:80 --motto 'two words' --port=81 --verbose --publish 1:2 --offset -5",
    );
    assert_eq!(parsed.value("port"), Ok(81_u16));
    assert_eq!(parsed.value("motto"), Ok(String::from("two words")));
    assert_eq!(parsed.value("offset"), Ok(-5_i8));
    assert!(parsed.flag("verbose"));
    let forwards = parsed.list::<String>("publish").expect("texts");
    assert_eq!(forwards, ["9000:80", "1:2"]);
    assert_eq!(parsed.check_values(), Ok(()));
    let args = [
        "--port=81",
        "--motto=two words",
        "--verbose",
        "--offset=-5",
        "--publish=9000:80",
        "--publish=1:2",
    ];
    assert_eq!(parsed.to_args(), args);
    assert_eq!(read(&command_line::join(args)), Ok(Some(parsed)));
}

#[test]
fn what_is_not_given_has_its_default_or_is_absent() {
    let parsed = parsed("--port=81 --motto=a=b");
    assert_eq!(parsed.value("motto"), Ok(String::from("a=b")));
    let address: crate::address::InterfaceAddress = parsed.value("ipv4").expect("a default");
    assert_eq!(address.to_string(), "10.0.0.2/24");
    assert_eq!(parsed.optional::<Ipv4Addr>("net"), Ok(None));
    assert_eq!(parsed.list::<Ipv4Addr>("dns"), Ok(Vec::new()));
    assert!(!parsed.flag("verbose"));
    assert_eq!(
        parsed.value::<String>("absent"),
        Err(ArgumentError::Missing("--absent".into()))
    );
}

#[test]
fn what_is_wrong_is_named() {
    for (line, message) in [
        (
            "--prt=80",
            "unknown argument `--prt`; did you mean `--port`?",
        ),
        (
            "--hlep",
            "unknown argument `--hlep`; did you mean `--help`?",
        ),
        (
            "--pineapple",
            "unknown argument `--pineapple`; `--help` lists all arguments",
        ),
        (
            "-port=80",
            "unknown argument `-port`; did you mean `--port`?",
        ),
        (
            "--publsh=80",
            "unknown argument `--publsh`; did you mean `--publish`?",
        ),
        (
            "---port=80",
            "unknown argument `---port`; did you mean `--port`?",
        ),
        ("--", "unknown argument `--`; `--help` lists all arguments"),
        ("--port", "`--port` needs a value: `--port=PORT`"),
        ("--port --verbose", "`--port` needs a value: `--port=PORT`"),
        (
            "--publish",
            "`--publish` needs a value: `--publish=HOST:GUEST`",
        ),
        ("--verbose=yes", "`--verbose` takes no value, but got `yes`"),
        ("--verbose --verbose", "`--verbose` is given twice"),
        ("--port=80 --port=81", "`--port` is given twice"),
        (
            "--motto=two words",
            "unexpected `words`; quote a value that contains spaces",
        ),
        ("--verbose", "`--port=PORT` is required"),
    ] {
        let error = read(line).expect_err(line);
        assert_eq!(error.to_string(), message, "{line}");
    }
}

/// As container runtimes pass a container's command.
#[test]
fn the_programs_name_may_precede_its_arguments() {
    for words in [
        "",
        "gate",
        "/unikernel/gate",
        "./gate.spt",
        "unikernel",
        "/unikernel",
        "--ipv4=10.0.0.3/24 --ipv4-gateway= gate",
        "--ipv4 10.0.0.3/24 /gate",
    ] {
        let parsed = parsed(&format!("{words} --port=81 --verbose"));
        assert_eq!(parsed.value("port"), Ok(81_u16), "{words}");
        assert!(parsed.flag("verbose"), "{words}");
    }
}

/// Also the address of an interface that may ask a DHCP server.
#[test]
fn every_argument_for_addresses_may_precede_the_programs_name() {
    let arguments = [
        standard::ipv4_or_dhcp("lan-ipv4", None),
        standard::gateway_or_dhcp("lan-ipv4-gateway", None),
    ];
    for words in [
        "--lan-ipv4=10.0.0.2/24 --lan-ipv4-gateway= gate",
        "--lan-ipv4=dhcp gate",
    ] {
        let args = command_line::split(words).expect("a command line");
        let parsed = ParsedArgs::parse("gate", args, &[&arguments]);
        assert!(matches!(parsed, Ok(Some(_))), "{words}: {parsed:?}");
    }
}

#[test]
fn other_words_are_no_name_of_the_program() {
    for (line, word) in [
        ("gat --port=81", "gat"),
        ("gateway --port=81", "gateway"),
        ("'' --port=81", ""),
        ("/gate/ --port=81", "/gate/"),
        ("gate/run --port=81", "gate/run"),
        ("gate gate --port=81", "gate"),
        ("gate --ipv4=10.0.0.3 gate --port=81", "gate"),
        ("--port=81 gate", "gate"),
        ("--motto=the gate --port=81", "gate"),
        ("--verbose unikernel --port=81", "unikernel"),
    ] {
        let error = read(line).expect_err(line);
        assert_eq!(error, ArgumentError::Stray(word.into()), "{line}");
    }
}

#[test]
fn a_gateway_may_be_empty() {
    let gateway = |line: &str| {
        let parsed = parsed(&format!("{line} --port=81"));
        parsed.check_values()?;
        parsed.value("ipv4-gateway")
    };
    let router = Ipv4Addr::new(10, 0, 0, 1);
    assert_eq!(
        gateway("--ipv4-gateway=10.0.0.9"),
        Ok(Gateway(Some([10, 0, 0, 9].into())))
    );
    assert_eq!(gateway("--ipv4-gateway="), Ok(Gateway(None)));
    assert_eq!(gateway(""), Ok(Gateway(Some(router))));
    assert_eq!(
        gateway("--ipv4-gateway=10.0.0")
            .expect_err("no address")
            .to_string(),
        "invalid value `10.0.0` for `--ipv4-gateway`: expected an IPv4 address, such as `10.0.0.1`, \
         or nothing for no gateway"
    );
}

#[test]
fn values_are_checked_alike_with_and_without_their_type() {
    let parsed = parsed("--port=eighty --offset=200 --dns=10.0.0.1 --dns=x");
    let message = "invalid value `eighty` for `--port`: expected a number from 0 to 65535";
    let typed = parsed.value::<u16>("port").expect_err("no number");
    assert_eq!(typed.to_string(), message);
    assert_eq!(parsed.check_values(), Err(typed));
    assert_eq!(
        parsed
            .value::<i8>("offset")
            .expect_err("too large")
            .to_string(),
        "invalid value `200` for `--offset`: expected a number from -128 to 127"
    );
    assert_eq!(
        parsed
            .list::<Ipv4Addr>("dns")
            .expect_err("no address")
            .to_string(),
        "invalid value `x` for `--dns`: expected an IPv4 address, such as `10.0.0.1`"
    );
}

/// The value of `--ipv4` where the image contains a DHCP client, and where it does not.
#[test]
fn an_address_may_be_asked_for_where_the_image_has_the_client() {
    const LEASED: &[Argument<&str>] = &[
        standard::ipv4_or_dhcp("ipv4", Some(crate::address::DHCP)),
        standard::gateway_or_dhcp("ipv4-gateway", None),
    ];
    const FIXED: &[Argument<&str>] = &[standard::ipv4("ipv4", None)];
    let parsed = |line: &str, list| {
        let args = command_line::split(line).expect("a command line");
        let parsed = ParsedArgs::parse("", args, &[list]).expect(line);
        parsed.expect("no help was asked for")
    };
    for (line, expected) in [
        ("", None),
        ("--ipv4=dhcp", None),
        ("--ipv4=10.0.0.2/16", Some("10.0.0.2/16")),
    ] {
        let parsed = parsed(line, LEASED);
        assert_eq!(parsed.check_values(), Ok(()), "{line}");
        let given: crate::address::AddressOrDhcp = parsed.value("ipv4").expect(line);
        let given = given.address().map(|address| address.to_string());
        assert_eq!(given.as_deref(), expected, "{line}");
        assert_eq!(parsed.optional::<Ipv4Addr>("ipv4-gateway"), Ok(None));
    }
    let refused = |line, list| {
        let error = parsed(line, list).check_values().expect_err(line);
        error.to_string()
    };
    assert_eq!(
        refused("--ipv4=DHCP", LEASED),
        "invalid value `DHCP` for `--ipv4`: expected `dhcp`, or the IPv4 address of a host, perhaps with a \
         prefix length, such as `10.0.0.2/24`"
    );
    assert_eq!(
        refused("--ipv4=dhcp", FIXED),
        "invalid value `dhcp` for `--ipv4`: the image contains no DHCP client; `ip = boot(\"dhcp\")` in its \
         source adds one"
    );
    // The image, which knows the type.
    let typed = parsed("--ipv4=dhcp", FIXED).value::<crate::address::InterfaceAddress>("ipv4");
    let typed = typed.expect_err("no client").to_string();
    assert_eq!(typed, refused("--ipv4=dhcp", FIXED));
}

#[test]
fn what_only_the_program_can_read_is_refused_with_its_cause() {
    let parsed = parsed("--port=80 --net=user");
    assert_eq!(parsed.check_values(), Ok(()));
    assert_eq!(
        parsed
            .value::<bool>("net")
            .expect_err("no bool")
            .to_string(),
        "invalid value `user` for `--net`: provided string was not `true` or `false`"
    );
}

#[test]
fn kinds_accept_what_their_types_read() {
    for (kind, good, bad) in [
        (Kind::Bool, "true", "yes"),
        (Kind::Character, "ß", "ss"),
        (Kind::U8, "255", "256"),
        (Kind::U16, "65535", "65536"),
        (Kind::U32, "4294967295", "-1"),
        (Kind::U64, "18446744073709551615", "18446744073709551616"),
        (Kind::I8, "-128", "128"),
        (Kind::I16, "-32768", "32768"),
        (Kind::I32, "-2147483648", "2147483648"),
        (Kind::I64, "-9223372036854775808", "9223372036854775808"),
        (Kind::Address, "0.0.0.0", "10.0.0"),
        (Kind::InterfaceAddress, "10.0.0.2", "10.0.0.0/24"),
        (Kind::Gateway, "", " "),
        (Kind::SocketAddress, "[::1]:53", "10.0.0.1"),
        (Kind::LogLevel, "Debug", "*:debug"),
        (Kind::Logs, "*:Debug", "loud"),
    ] {
        assert!(kind.accepts(good), "{good}");
        assert!(!kind.accepts(bad), "{bad}");
        assert!(kind.wanted().is_some());
    }
    for kind in [Kind::Flag, Kind::Text, Kind::Other] {
        assert!(kind.accepts("anything"));
    }
    for kind in Kind::ALL {
        assert_eq!(Kind::from_name(kind.name()), Some(*kind));
    }
}

#[test]
fn help_is_in_sections_and_aligned() {
    assert_eq!(read("--port 1 --help --nonsense"), Ok(None));
    let help = Help {
        name: "gate",
        lists: LISTS,
    };
    let expected = "\
The arguments of gate:

Network
  --ipv4=ADDRESS/PREFIX     The \"address\" of\u{1f} the \\ interface [default:
                            10.0.0.2/24]
  --ipv4-gateway=ADDRESS    The router for addresses outside the interface's
                            network; empty for none [default: 10.0.0.1]

Program
  --port=PORT               Help text [required]
  --motto=TEXT              Help text
  --verbose                 Help text
  --dns=ADDRESS             Help text [may be repeated]
  --offset=NUMBER           Help text [default: 0]

Process
  --publish=HOST:GUEST      Reach the unikernel's port GUEST at 127.0.0.1:HOST
                            [default: HOST is 8000 higher for a port below 1024,
                            else the same] [may be repeated]
  --net=[NODE:]tap=NAME     Run the unikernel's own network stack on the TAP
                            device NAME; with NODE, for one of several
                            interfaces [may be repeated]
  --block=[NODE:]file=PATH  Keep the disk in the file PATH; with NODE, for one
                            of several disks [default: a file beside the
                            program] [may be repeated]

  --help                    Print this
";
    assert_eq!(help.to_string(), expected);
}

#[test]
fn constants_are_written_as_values_are() {
    const fn json<const LENGTH: usize>() -> Text<LENGTH> {
        append_json(Text::new(), LISTS)
    }
    const LENGTH: usize = json::<0>().length();
    const JSON: Text<LENGTH> = json();
    let owned = LISTS.iter().copied().flatten().map(|argument| Argument {
        name: argument.name.into(),
        section: argument.section.into(),
        help: argument.help.into(),
        value: argument.value.into(),
        kind: argument.kind,
        presence: match argument.presence {
            Presence::Required => Presence::Required,
            Presence::Optional => Presence::Optional,
            Presence::Default(text) => Presence::Default(text.into()),
            Presence::List => Presence::List,
        },
    });
    let list = json::Value::List(owned.map(|argument| to_json(&argument)).collect());
    assert_eq!(list.to_string(), JSON.as_str());
    let read: serde_json::Value = serde_json::from_str(JSON.as_str()).expect("JSON");
    assert_eq!(read[0]["help"], NETWORK[0].help);
}

#[test]
fn the_program_takes_what_follows_the_separator() {
    let split = |line: &str| {
        let mut args: Vec<_> = line.split_whitespace().map(String::from).collect();
        let program = standard::take_program_arguments(&mut args);
        (args.join(" "), program.join(" "))
    };
    assert_eq!(split("--env=A=b"), ("--env=A=b".into(), String::new()));
    assert_eq!(split("-- -x -- y"), (String::new(), "-x -- y".into()));
    assert_eq!(split("a -- b"), ("a".into(), "b".into()));
}

#[test]
fn a_variable_has_a_name() {
    let variable = |text: &str| text.parse::<standard::Variable>();
    let expected = standard::Variable {
        name: "A".into(),
        value: "b=c".into(),
    };
    assert_eq!(variable("A=b=c"), Ok(expected));
    assert!(variable("A=").is_ok_and(|variable| variable.value.is_empty()));
    assert!(variable("A").is_err() && variable("=b").is_err());
}

#[test]
fn names_are_words_with_hyphens() {
    for name in ["q", "port", "listen-port", "ipv4", "a1-2"] {
        assert!(is_name(name), "{name}");
    }
    for name in ["", "-port", "port-", "a--b", "Port", "4", "a_b", "ä", "a b"] {
        assert!(!is_name(name), "{name}");
    }
    assert!(RESERVED.into_iter().all(is_name));
    assert!(
        PROCESS_OPTIONS
            .iter()
            .all(|argument| RESERVED.contains(&argument.name))
    );
}
