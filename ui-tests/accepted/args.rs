//! Arguments of every kind, parsed as at boot.
use core::net::{Ipv4Addr, SocketAddr};
use mirage_rt::{
    Args,
    arguments::{Args as _, ArgumentError},
    graph::argument::{Kind, ParsedArgs, Presence},
};

/// Not ours.
mod colour {
    #[derive(Debug, PartialEq)]
    pub struct Colour(pub u8);

    impl core::str::FromStr for Colour {
        type Err = core::num::ParseIntError;

        fn from_str(text: &str) -> Result<Self, Self::Err> {
            text.parse().map(Self)
        }
    }
}

type Port = u16;

#[derive(Args, Debug, PartialEq)]
struct Arguments {
    /// The port
    /// to listen on
    ///
    /// This paragraph is not in the help.
    #[arg(default = "80")]
    listen_port: Port,
    #[arg(name = "dns", value = "ADDRESS:PORT")]
    upstream: Option<SocketAddr>,
    colours: Vec<colour::Colour>,
    r#type: String,
    verbose: bool,
    address: Ipv4Addr,
    strict: Option<bool>,
}

fn read(words: &[&str]) -> Result<Arguments, ArgumentError> {
    let words = words.iter().map(|word| word.to_string()).collect();
    let parsed = ParsedArgs::parse("args", words, &[Arguments::ARGUMENTS])?;
    Arguments::read(&parsed.expect("no help"))
}

fn main() {
    let [port, dns, colours, kind, verbose, address, strict] = Arguments::ARGUMENTS else {
        panic!("seven fields");
    };
    assert_eq!(port.to_string(), "--listen-port=LISTEN_PORT");
    assert_eq!(port.help, "The port to listen on");
    assert_eq!((port.kind, port.presence), (Kind::U16, Presence::Default("80")));
    assert_eq!(dns.to_string(), "--dns=ADDRESS:PORT");
    assert_eq!((dns.kind, dns.presence), (Kind::SocketAddress, Presence::Optional));
    assert_eq!((colours.kind, colours.presence), (Kind::Other, Presence::List));
    assert_eq!((kind.name, kind.kind, kind.presence), ("type", Kind::Text, Presence::Required));
    assert_eq!((verbose.kind, verbose.presence), (Kind::Flag, Presence::Optional));
    assert_eq!(address.kind, Kind::Address);
    assert_eq!((strict.kind, strict.presence), (Kind::Bool, Presence::Optional));

    let read_all = read(&[
        "--colours=1",
        "--type=two words",
        "--colours",
        "2",
        "--verbose",
        "--address=10.0.0.1",
        "--strict=false",
    ]);
    let expected = Arguments {
        listen_port: 80,
        upstream: None,
        colours: vec![colour::Colour(1), colour::Colour(2)],
        r#type: "two words".into(),
        verbose: true,
        address: Ipv4Addr::new(10, 0, 0, 1),
        strict: Some(false),
    };
    assert_eq!(read_all, Ok(expected));
    let error = read(&["--type=x", "--address=10.0.0.1", "--colours=red"]);
    assert_eq!(
        error.expect_err("no colour").to_string(),
        "invalid value `red` for `--colours`: invalid digit found in string"
    );
}
