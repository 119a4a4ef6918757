use super::*;
use crate::{
    graph::{Location, NodeId, Place, Use},
    target::{Driver, LogLevel, Target},
};
use alloc::{string::String, vec};
use core::net::Ipv4Addr;

/// A value whose place is `place`.
fn at<T>(value: T, place: usize) -> At<T> {
    At {
        value,
        place: Place(place),
    }
}

/// A graph of an interface (place 0), a TCP port 80 (place 1) and a parameter for it (place 2).
fn graph() -> Graph {
    let interface = Interface {
        driver: at(Driver::Virtio, 3),
        address: at(Ipv4Addr::new(10, 0, 0, 2), 4),
        prefix_length: 24,
        gateway: None,
        mac: None,
        mtu: None,
    };
    let mut graph = Graph {
        name: String::from("test"),
        targets: vec![Target::Unix, Target::Virtio],
        memory: None,
        log: LogLevel::Info,
        nodes: Vec::new(),
        arguments: Vec::new(),
        main: Vec::new(),
        locations: vec![Location::default(); 10],
    };
    add(&mut graph, "net", Kind::Interface(interface), 0);
    add(&mut graph, "http", Kind::Tcp(at(80, 1)), 1);
    graph.nodes[1].on.push(Use {
        node: NodeId(0),
        place: Place(1),
    });
    graph.main.push(Use {
        node: NodeId(1),
        place: Place(2),
    });
    graph
}

fn add(graph: &mut Graph, name: &str, kind: Kind, place: usize) -> NodeId {
    graph.nodes.push(Node {
        name: name.into(),
        kind,
        on: Vec::new(),
        place: Place(place),
    });
    NodeId(graph.nodes.len() - 1)
}

/// Adds a node that `main` receives.
fn add_used(graph: &mut Graph, name: &str, kind: Kind, place: usize) {
    let node = add(graph, name, kind, place);
    graph.main.push(Use {
        node,
        place: Place(place),
    });
}

fn interface(graph: &mut Graph) -> &mut Interface {
    match &mut graph.nodes[0].kind {
        Kind::Interface(interface) => interface,
        _ => panic!("the first node is the interface"),
    }
}

/// Codes and places of what is found.
fn found(graph: &Graph) -> Vec<(&'static str, usize, Option<usize>)> {
    let findings = check(graph).into_iter();
    findings
        .map(|finding| {
            let other = finding.other.map(|(place, _)| place.0);
            (finding.mistake.code(), finding.place.0, other)
        })
        .collect()
}

#[test]
fn a_sound_graph_has_no_findings() {
    assert_eq!(check(&graph()), []);
}

#[test]
fn two_nodes_cannot_have_one_name() {
    let mut graph = graph();
    add_used(&mut graph, "http", Kind::Udp(at(53, 5)), 5);
    assert_eq!(found(&graph), [("MIR010", 5, Some(1))]);
}

#[test]
fn a_port_is_declared_once_for_each_protocol() {
    let mut graph = graph();
    add_used(&mut graph, "udp", Kind::Udp(at(80, 5)), 5);
    assert_eq!(found(&graph), []);
    add_used(&mut graph, "again", Kind::Tcp(at(80, 6)), 6);
    assert_eq!(found(&graph), [("MIR031", 6, Some(1))]);
}

#[test]
fn ports_that_could_not_be_read_do_not_conflict() {
    let mut graph = graph();
    add_used(&mut graph, "one", Kind::Tcp(at(0, 5)), 5);
    add_used(&mut graph, "other", Kind::Tcp(at(0, 6)), 6);
    assert_eq!(found(&graph), []);
}

#[test]
fn a_gateway_is_another_host_of_the_network() {
    let mut graph = graph();
    interface(&mut graph).gateway = Some(at(Ipv4Addr::new(10, 0, 0, 1), 5));
    assert_eq!(found(&graph), []);
    interface(&mut graph).gateway = Some(at(Ipv4Addr::new(10, 0, 1, 1), 5));
    assert_eq!(found(&graph), [("MIR023", 5, Some(4))]);
    interface(&mut graph).prefix_length = 16;
    assert_eq!(found(&graph), []);
    for nobody in [Ipv4Addr::new(10, 0, 0, 0), Ipv4Addr::new(10, 0, 255, 255)] {
        interface(&mut graph).gateway = Some(at(nobody, 5));
        assert_eq!(found(&graph), [("MIR022", 5, Some(4))]);
    }
    interface(&mut graph).gateway = Some(at(Ipv4Addr::new(10, 0, 0, 2), 5));
    assert_eq!(found(&graph), [("MIR024", 5, Some(4))]);
}

#[test]
fn an_address_that_could_not_be_read_has_any_gateway() {
    let mut graph = graph();
    interface(&mut graph).address.value = Ipv4Addr::UNSPECIFIED;
    interface(&mut graph).prefix_length = 0;
    interface(&mut graph).gateway = Some(at(Ipv4Addr::new(10, 0, 0, 1), 5));
    assert_eq!(found(&graph), []);
}

#[test]
fn every_target_has_the_driver() {
    let mut graph = graph();
    interface(&mut graph).driver.value = Driver::Tap;
    assert_eq!(found(&graph), [("MIR041", 3, None)]);
    graph.targets = vec![Target::Unix];
    assert_eq!(found(&graph), []);
}

#[test]
fn memory_holds_an_image() {
    let mut graph = graph();
    graph.memory = Some(at(2 << 20, 5));
    assert_eq!(found(&graph), []);
    graph.memory = Some(at((2 << 20) - 1, 5));
    assert_eq!(found(&graph), [("MIR051", 5, None)]);
}

#[test]
fn a_node_is_received_once() {
    let mut graph = graph();
    let again = Use {
        place: Place(5),
        ..graph.main[0]
    };
    graph.main.push(again);
    assert_eq!(found(&graph), [("MIR013", 5, Some(2))]);
}

#[test]
fn a_node_that_nobody_uses_is_a_warning() {
    let mut graph = graph();
    graph.main.clear();
    assert_eq!(found(&graph), [("MIR012", 1, None)]);
    assert!(check(&graph)[0].mistake.is_warning());
}
