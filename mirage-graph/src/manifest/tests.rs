use super::*;
use crate::argument::{Argument, Presence};
use alloc::vec;

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
    let interface = Interface {
        driver: At {
            value: Driver::Virtio,
            place: Place(1),
        },
        address: At {
            value: Ipv4Addr::new(10, 0, 0, 2),
            place: Place(1),
        },
        prefix_length: 24,
        gateway: Some(At {
            value: Ipv4Addr::new(10, 0, 0, 1),
            place: Place(1),
        }),
        mac: Some(HardwareAddress([2, 0, 0, 0, 0, 1])),
        mtu: Some(1400),
    };
    let node = |name: &str, kind, on, place| Node {
        name: name.into(),
        kind,
        on,
        place,
    };
    Graph {
        name: "test".into(),
        targets: vec![Target::Unix, Target::Virtio],
        memory: Some(At {
            value: 16 << 20,
            place: Place(0),
        }),
        log: LogLevel::Warn,
        nodes: vec![
            node("net", Kind::Interface(interface), vec![], Place(1)),
            node(
                "http",
                Kind::Tcp(At {
                    value: 80,
                    place: Place(2),
                }),
                vec![Use {
                    node: NodeId(0),
                    place: Place(2),
                }],
                Place(2),
            ),
            node(
                "dns",
                Kind::Udp(At {
                    value: 53,
                    place: Place(3),
                }),
                vec![Use {
                    node: NodeId(0),
                    place: Place(3),
                }],
                Place(3),
            ),
            node("clock", Kind::Clock, vec![], Place(4)),
            node("console", Kind::Console, vec![], Place(5)),
            node("random", Kind::Random, vec![], Place(6)),
        ],
        main: vec![
            Use {
                node: NodeId(1),
                place: Place(0),
            },
            Use {
                node: NodeId(2),
                place: Place(0),
            },
        ],
        arguments: vec![argument()],
        locations: [Location::default()]
            .into_iter()
            .chain((1..=6).map(at))
            .collect(),
    }
}

#[test]
fn a_graph_comes_back_from_its_manifest() {
    let text = graph().manifest().to_string();
    assert_eq!(Graph::of_manifest(&text), Ok(graph()));
}

#[test]
fn a_manifest_of_another_kind_is_refused_with_its_reason() {
    let manifest = graph().manifest().to_string();
    let refused = |from: &str, to: &str| {
        assert!(manifest.contains(from), "{manifest}");
        Graph::of_manifest(&manifest.replace(from, to)).expect_err("a broken manifest")
    };
    assert_eq!(
        refused("\"version\":1", "\"version\":2"),
        "its form has version 2, not 1"
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
        "80000 is not a port"
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
        Graph::of_manifest("{").expect_err("no JSON"),
        "it is not JSON"
    );
}
