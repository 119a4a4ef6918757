use super::*;
use crate::{
    address::InterfaceAddress,
    argument::{self, Argument, Presence},
    conflict_detection::ConflictDetection,
    congestion::Congestion,
    ecn::Ecn,
    graph::ConfigValue,
    mac_address::MacAddress,
    name_servers::NameServers,
};
use alloc::{string::ToString, vec};
use core::net::Ipv4Addr;

fn literal<T>(value: T, span: usize) -> Option<Spanned<ConfigValue<T>>> {
    Some(Spanned {
        value: ConfigValue::Known(value),
        span: SpanId(span),
    })
}

fn argument() -> Argument {
    Argument {
        name: "port".into(),
        section: "Program".into(),
        help: "The port".into(),
        value: "PORT".into(),
        kind: argument::Kind::U16,
        presence: Presence::Default("80".into()),
    }
}

fn graph() -> Graph {
    let at = |line| Location {
        file: "src/main.rs".into(),
        line,
        column: 14,
    };
    // As read back: every place within a node is the node's own, all others are the first.
    let driver = Spanned {
        value: Driver::Virtio,
        span: SpanId(1),
    };
    let address = Spanned {
        value: Addressing::Static(ConfigValue::Boot(Some(InterfaceAddress {
            address: Ipv4Addr::new(10, 0, 0, 2),
            prefix_length: 24,
        }))),
        span: SpanId(1),
    };
    let interface = Interface {
        gateway: literal(Ipv4Addr::new(10, 0, 0, 1), 1),
        mac: literal(MacAddress([2, 0, 0, 0, 0, 1]), 1),
        mtu: literal(1400, 1),
        congestion: literal(Congestion::Reno, 1),
        ecn: literal(Ecn::Request, 1),
        conflict_detection: literal(ConflictDetection::Strict, 1),
        dns: literal(NameServers::parse("10.0.0.1, 9.9.9.9").expect("servers"), 1),
        ip6: Some(Spanned {
            value: ConfigValue::Boot("fd00::2/48".parse().ok()),
            span: SpanId(1),
        }),
        gateway6: literal("fe80::1".parse().expect("an address"), 1),
        ..Interface::new(driver, address)
    };
    let node = |name: &str, kind, on, span| Node {
        name: name.into(),
        kind,
        on,
        span,
    };
    Graph {
        name: "test".into(),
        targets: vec![Target::Unix, Target::Virtio],
        memory: literal(16 << 20, 0),
        stack: literal(256 << 10, 0),
        heap: None,
        std: false,
        threads: Threads::default(),
        env: vec![],
        root: None,
        tmp: None,
        needs: vec![
            Need::new("stack".into(), 256 << 10),
            Need::new("net".into(), 300),
        ],
        membership: None,
        log: LogLevel::Warn,
        nodes: vec![
            node("net", NodeKind::Interface(interface), vec![], SpanId(1)),
            node(
                "http",
                NodeKind::Port(
                    Protocol::Both,
                    literal(80, 2).expect("a port"),
                    Limits {
                        connections: literal(10, 2),
                        datagrams: literal(20, 2),
                        ..Limits::default()
                    },
                ),
                vec![Use {
                    node: NodeId(0),
                    span: SpanId(2),
                }],
                SpanId(2),
            ),
            node(
                "dns",
                NodeKind::Port(
                    Protocol::Udp,
                    literal(53, 3).expect("a port"),
                    Limits {
                        receive: literal(4096, 3),
                        transmit: literal(8192, 3),
                        ..Limits::default()
                    },
                ),
                vec![Use {
                    node: NodeId(0),
                    span: SpanId(3),
                }],
                SpanId(3),
            ),
            node("clock", NodeKind::Clock, vec![], SpanId(4)),
            node("console", NodeKind::Console, vec![], SpanId(5)),
            node("random", NodeKind::Random, vec![], SpanId(6)),
            node(
                "data",
                NodeKind::Disk(Disk {
                    driver: Spanned {
                        value: Driver::File,
                        span: SpanId(7),
                    },
                    size: literal(64 << 20, 7),
                }),
                vec![],
                SpanId(7),
            ),
        ],
        main: vec![
            Use {
                node: NodeId(1),
                span: SpanId(0),
            },
            Use {
                node: NodeId(2),
                span: SpanId(0),
            },
        ],
        arguments: vec![argument()],
        locations: [Location::default()]
            .into_iter()
            .chain((1..=7).map(at))
            .collect(),
    }
}

#[test]
fn a_graph_comes_back_from_its_manifest() {
    let text = graph().manifest().to_string();
    assert_eq!(Graph::from_manifest(&text), Ok(graph()));
}

#[test]
fn threads_and_variables_come_back_from_the_manifest() {
    let mut graph = graph();
    graph.std = true;
    graph.threads = Threads {
        stack: literal(64 << 10, 0),
        max: literal(32, 0),
    };
    graph.env = vec!["RUST_LOG=info".into(), "QUOTE=\"".into()];
    let text = graph.manifest().to_string();
    assert_eq!(Graph::from_manifest(&text), Ok(graph));
}

#[test]
fn an_application_comes_back_from_the_manifest() {
    let mut graph = graph();
    graph.membership = Some(Membership {
        application: "shop".into(),
        identity: "00ff".into(),
        unikernels: vec!["web".into(), "db".into()],
        restart: Restart::OnFailure,
        accepts: vec![Accept {
            port: "http".into(),
            clients: vec!["outside".into(), "db".into()],
        }],
    });
    let text = graph.manifest().to_string();
    assert_eq!(Graph::from_manifest(&text), Ok(graph));
}

/// How an address is found, and what is known of it once there are boot arguments.
#[test]
fn an_address_by_dhcp_comes_back_from_the_manifest() {
    let fixed = || {
        Addressing::Static(ConfigValue::Known(InterfaceAddress {
            address: Ipv4Addr::new(10, 0, 0, 7),
            prefix_length: 24,
        }))
    };
    let list = [argument::standard::ipv4_or_dhcp("ipv4", Some("dhcp"))];
    for (address, given, expected) in [
        (Addressing::Dhcp, "--ipv4=10.0.0.7", Addressing::Dhcp),
        (Addressing::BootOrDhcp, "--ipv4=10.0.0.7", fixed()),
        (Addressing::BootOrDhcp, "--ipv4=dhcp", Addressing::Dhcp),
    ] {
        let mut graph = graph();
        let NodeKind::Interface(interface) = &mut graph.nodes[0].kind else {
            panic!("the first node is an interface");
        };
        interface.address.value = address;
        let read = Graph::from_manifest(&graph.manifest().to_string());
        assert_eq!(read, Ok(graph.clone()));
        let parsed = argument::ParsedArgs::parse("", vec![given.into()], &[&list]);
        let parsed = parsed.expect("an argument").expect("no `--help`");
        let graph = graph.with_arguments(&parsed);
        let (_, interface) = graph.interfaces().next().expect("an interface");
        assert_eq!(interface.address.value, expected, "{given}");
    }
}

#[test]
fn a_manifest_of_another_kind_is_refused_with_its_reason() {
    let manifest = graph().manifest().to_string();
    let refused = |from: &str, to: &str| {
        assert!(manifest.contains(from), "{manifest}");
        Graph::from_manifest(&manifest.replace(from, to)).expect_err("a broken manifest")
    };
    assert_eq!(
        refused("\"version\":4", "\"version\":1"),
        "its format version is 1, not 4"
    );
    assert_eq!(
        refused("\"kind\":\"clock\"", "\"kind\":\"watch\""),
        "it has a node of the unknown kind `watch`"
    );
    assert_eq!(
        refused("\"on\":[\"net\"]", "\"on\":[\"ten\"]"),
        "it has no node `ten`"
    );
    assert_eq!(
        refused("\"virtio\"]", "\"vax\"]"),
        "it has the unknown target `vax`"
    );
    assert_eq!(
        refused("\"port\":80", "\"port\":80000"),
        "80000 is not a number up to 65535"
    );
    assert_eq!(refused("\"log\":", "\"lag\":"), "`log` is missing");
    assert_eq!(
        refused("\"kind\":\"u16\"", "\"kind\":\"u17\""),
        "it has an argument of the unknown kind `u17`"
    );
    assert_eq!(
        refused("\"presence\":\"default\"", "\"presence\":\"often\""),
        "it has an argument of the unknown presence `often`"
    );
    assert_eq!(
        refused("\"default\":\"80\"", "\"default\":null"),
        "`default` of an argument is not a text"
    );
    assert_eq!(
        Graph::from_manifest("{").expect_err("no JSON"),
        "it is not JSON: expected a string at byte 1"
    );
}

#[test]
fn a_tender_knows_lone_devices_by_names_of_mirageos() {
    let mut graph = graph();
    let names = |graph: &Graph| {
        let devices = graph
            .iter()
            .filter(|(_, node)| matches!(node.kind, NodeKind::Interface(_) | NodeKind::Disk(_)));
        let names = devices.map(|(id, _)| graph.solo5_name(id).into());
        names.collect::<Vec<String>>()
    };
    assert_eq!(names(&graph), ["service", "storage"]);
    let (disk, _) = graph.disks().next().expect("a disk");
    let mut second = graph.node(disk).clone();
    second.name = "log".into();
    graph.nodes.push(second);
    assert_eq!(names(&graph), ["service", "data", "log"]);
}
