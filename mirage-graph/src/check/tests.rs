use super::*;
use crate::{
    graph::{Addressing, Limits, Location, Node, Spanned, Threads, Use},
    mac_address::MacAddress,
    port::Protocol,
    target::{Driver, LogLevel},
};
use alloc::{string::String, vec};
use core::net::Ipv4Addr;

/// A value at `span`.
fn at<T>(value: T, span: usize) -> Spanned<T> {
    Spanned {
        value,
        span: SpanId(span),
    }
}

fn static_address(text: &str, span: usize) -> Spanned<Addressing> {
    let address = InterfaceAddress::parse(text).expect("an address");
    at(Addressing::Static(ConfigValue::Known(address)), span)
}

fn port(protocol: Protocol, number: u16, span: usize) -> NodeKind {
    let number = at(ConfigValue::Known(number), span);
    NodeKind::Port(protocol, number, Limits::default())
}

/// A graph of an interface (span 0), a TCP port 80 (span 1) and a parameter for it (span 2).
fn graph() -> Graph {
    let interface = Interface::new(at(Driver::Virtio, 3), static_address("10.0.0.2/24", 4));
    let mut graph = Graph {
        name: String::from("test"),
        targets: vec![Target::Unix, Target::Virtio],
        memory: None,
        stack: None,
        heap: None,
        std: false,
        threads: Threads::default(),
        env: vec![],
        root: None,
        tmp: None,
        needs: vec![],
        membership: None,
        log: LogLevel::Info,
        nodes: Vec::new(),
        arguments: Vec::new(),
        main: Vec::new(),
        locations: vec![Location::default(); 10],
    };
    add(&mut graph, "net", NodeKind::Interface(interface), 0);
    add(&mut graph, "http", port(Protocol::Tcp, 80, 1), 1);
    graph.nodes[1].on.push(Use {
        node: NodeId(0),
        span: SpanId(1),
    });
    graph.main.push(Use {
        node: NodeId(1),
        span: SpanId(2),
    });
    graph
}

fn add(graph: &mut Graph, name: &str, kind: NodeKind, span: usize) -> NodeId {
    graph.nodes.push(Node {
        name: name.into(),
        kind,
        on: Vec::new(),
        span: SpanId(span),
    });
    NodeId(graph.nodes.len() - 1)
}

/// Adds a node that `main` receives.
fn add_used(graph: &mut Graph, name: &str, kind: NodeKind, span: usize) {
    let node = add(graph, name, kind, span);
    if let NodeKind::Port(..) = graph.nodes[node.0].kind {
        let interfaces: Vec<_> = graph.interfaces().map(|(id, _)| id).collect();
        let uses = interfaces.into_iter().map(|node| Use {
            node,
            span: SpanId(span),
        });
        graph.nodes[node.0].on = uses.collect();
    }
    graph.main.push(Use {
        node,
        span: SpanId(span),
    });
}

fn gateway(octets: [u8; 4]) -> Option<Spanned<ConfigValue<Ipv4Addr>>> {
    Some(at(ConfigValue::Known(octets.into()), 5))
}

fn interface(graph: &mut Graph) -> &mut Interface {
    match &mut graph.nodes[0].kind {
        NodeKind::Interface(interface) => interface,
        _ => panic!("the first node is the interface"),
    }
}

/// Codes and spans of what is found.
fn found(graph: &Graph) -> Vec<(&'static str, usize, Option<usize>)> {
    let diagnostics = check(graph, &graph.targets).diagnostics.into_iter();
    diagnostics
        .map(|diagnostic| {
            let other = diagnostic.other.map(|(span, _)| span.0);
            (diagnostic.kind.code(), diagnostic.span.0, other)
        })
        .collect()
}

#[test]
fn a_sound_graph_has_no_findings() {
    assert_eq!(found(&graph()), []);
}

#[test]
fn two_nodes_cannot_have_one_name() {
    let mut graph = graph();
    add_used(&mut graph, "http", port(Protocol::Udp, 53, 5), 5);
    assert_eq!(found(&graph), [("MIR010", 5, Some(1))]);
}

#[test]
fn a_port_is_declared_once_for_each_protocol() {
    let mut graph = graph();
    add_used(&mut graph, "udp", port(Protocol::Udp, 80, 5), 5);
    assert_eq!(found(&graph), []);
    add_used(&mut graph, "again", port(Protocol::Tcp, 80, 6), 6);
    assert_eq!(found(&graph), [("MIR031", 6, Some(1))]);
}

#[test]
fn ports_that_could_not_be_read_do_not_conflict() {
    let mut graph = graph();
    let unread = |span| {
        let number = at(ConfigValue::Unread, span);
        NodeKind::Port(Protocol::Tcp, number, Limits::default())
    };
    add_used(&mut graph, "one", unread(5), 5);
    add_used(&mut graph, "other", unread(6), 6);
    assert_eq!(found(&graph), []);
}

#[test]
fn a_gateway_is_another_host_of_the_network() {
    let mut graph = graph();
    interface(&mut graph).gateway = gateway([10, 0, 0, 1]);
    assert_eq!(found(&graph), []);
    interface(&mut graph).gateway = gateway([10, 0, 1, 1]);
    assert_eq!(found(&graph), [("MIR023", 5, Some(4))]);
    interface(&mut graph).address = static_address("10.0.0.2/16", 4);
    assert_eq!(found(&graph), []);
    for reserved in [Ipv4Addr::new(10, 0, 0, 0), Ipv4Addr::new(10, 0, 255, 255)] {
        interface(&mut graph).gateway = gateway(reserved.octets());
        assert_eq!(found(&graph), [("MIR022", 5, Some(4))]);
    }
    interface(&mut graph).gateway = gateway([10, 0, 0, 2]);
    assert_eq!(found(&graph), [("MIR024", 5, Some(4))]);
}

#[test]
fn a_gateway_of_a_single_address_is_any_other_host() {
    let mut graph = graph();
    interface(&mut graph).address = static_address("10.0.0.2/32", 4);
    interface(&mut graph).gateway = gateway([169, 254, 1, 1]);
    assert_eq!(found(&graph), []);
    interface(&mut graph).gateway = gateway([10, 0, 0, 2]);
    assert_eq!(found(&graph), [("MIR024", 5, Some(4))]);
}

#[test]
fn an_address_that_could_not_be_read_has_any_gateway() {
    let mut graph = graph();
    interface(&mut graph).address.value = Addressing::Static(ConfigValue::Unread);
    interface(&mut graph).gateway = gateway([10, 0, 0, 1]);
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
fn a_node_is_received_once() {
    let mut graph = graph();
    let again = Use {
        span: SpanId(5),
        ..graph.main[0]
    };
    graph.main.push(again);
    assert_eq!(found(&graph), [("MIR013", 5, Some(2))]);
}

#[test]
fn an_unused_node_is_a_warning() {
    let mut graph = graph();
    graph.main.clear();
    assert_eq!(found(&graph), [("MIR012", 1, None)]);
    assert!(check(&graph, &[]).diagnostics[0].kind.is_warning());
}

#[test]
fn an_unused_device_is_a_warning_unless_its_name_begins_with_an_underscore() {
    let mut graph = graph();
    add(&mut graph, "cache", NodeKind::Custom("Cache".into()), 5);
    add(
        &mut graph,
        "_cleaner",
        NodeKind::Custom("Cleaner".into()),
        6,
    );
    assert_eq!(found(&graph), [("MIR012", 5, None)]);
}

#[test]
fn memory_is_limited_by_target() {
    let mut graph = graph();
    graph.heap = Some(at(ConfigValue::Known(5 << 30), 7));
    interface(&mut graph).driver = at(Driver::Auto, 3);
    let codes = |targets: &[Target]| {
        let diagnostics = check(&graph, targets).diagnostics;
        let codes = diagnostics.iter().map(|diagnostic| diagnostic.kind.code());
        codes.collect::<Vec<_>>()
    };
    assert_eq!(codes(&[Target::Unix, Target::Virtio]), [""; 0]);
    assert_eq!(
        codes(&[Target::Virtio, Target::Hvt, Target::Spt]),
        ["MIR057"]
    );
}

#[test]
fn a_service_has_its_port_for_both_protocols() {
    let mut graph = graph();
    add_used(&mut graph, "dns", port(Protocol::Both, 53, 5), 5);
    add_used(&mut graph, "web", port(Protocol::Both, 80, 6), 6);
    assert_eq!(found(&graph), [("MIR031", 6, Some(1))]);
}

/// A graph with a second interface (spans 6 to 9).
fn graph_of_two(address: &str) -> Graph {
    let mut graph = graph();
    let mut second = interface(&mut graph).clone();
    second.address = static_address(address, 7);
    add_used(&mut graph, "lan", NodeKind::Interface(second), 6);
    graph
}

#[test]
fn a_port_of_one_interface_is_free_on_another() {
    let mut graph = graph_of_two("10.1.0.1/24");
    let node = add(&mut graph, "admin", port(Protocol::Tcp, 80, 8), 8);
    let (on, span) = (NodeId(2), SpanId(8));
    graph.nodes[node.0].on.push(Use { node: on, span });
    graph.main.push(Use { node, span });
    assert_eq!(found(&graph), []);
    graph.nodes[node.0].on[0].node = NodeId(0);
    assert_eq!(found(&graph), [("MIR031", 8, Some(1))]);
}

#[test]
fn a_port_of_both_interfaces_is_wrong_once() {
    let mut graph = graph_of_two("10.1.0.1/24");
    let on = graph.nodes[2].on.clone();
    assert!(on.is_empty());
    add_used(&mut graph, "one", port(Protocol::Both, 53, 8), 8);
    add_used(&mut graph, "again", port(Protocol::Both, 53, 9), 9);
    assert_eq!(found(&graph), [("MIR031", 9, Some(8))]);
}

#[test]
fn networks_do_not_overlap() {
    assert_eq!(found(&graph_of_two("10.0.1.1/24")), []);
    assert_eq!(
        found(&graph_of_two("10.0.0.9/30")),
        [("MIR028", 7, Some(4))]
    );
    assert_eq!(
        found(&graph_of_two("10.0.9.1/16")),
        [("MIR028", 7, Some(4))]
    );
}

#[test]
fn there_is_one_gateway() {
    let mut graph = graph_of_two("10.1.0.1/24");
    interface(&mut graph).gateway = gateway([10, 0, 0, 1]);
    let NodeKind::Interface(second) = &mut graph.nodes[2].kind else {
        panic!("the third node is the second interface");
    };
    second.gateway = Some(at(ConfigValue::Known(Ipv4Addr::new(10, 1, 0, 9)), 8));
    assert_eq!(found(&graph), [("MIR032", 8, Some(5))]);
}

#[test]
fn interfaces_have_different_mac_addresses() {
    let mut graph = graph_of_two("10.1.0.1/24");
    let mac = |last, span| {
        Some(at(
            ConfigValue::Known(MacAddress([2, 0, 0, 0, 0, last])),
            span,
        ))
    };
    interface(&mut graph).mac = mac(1, 5);
    let NodeKind::Interface(second) = &mut graph.nodes[2].kind else {
        panic!("the third node is the second interface");
    };
    second.mac = mac(1, 8);
    assert_eq!(found(&graph), [("MIR029", 8, Some(5))]);
    let NodeKind::Interface(second) = &mut graph.nodes[2].kind else {
        panic!("the third node is the second interface");
    };
    second.mac = mac(2, 8);
    assert_eq!(found(&graph), []);
}

#[test]
fn the_port_of_the_dhcp_client_is_taken_where_there_is_one() {
    let mut graph = graph();
    add_used(&mut graph, "leases", port(Protocol::Udp, 68, 6), 6);
    add_used(&mut graph, "others", port(Protocol::Tcp, 68, 7), 7);
    assert_eq!(found(&graph), []);
    interface(&mut graph).address.value = Addressing::Dhcp;
    assert_eq!(found(&graph), [("MIR034", 6, Some(4))]);
    let NodeKind::Port(protocol, ..) = &mut graph.nodes[3].kind else {
        panic!("the fourth node is a port");
    };
    *protocol = Protocol::Both;
    graph.nodes.remove(2);
    graph.main = graph
        .iter()
        .skip(1)
        .map(|(node, _)| Use {
            node,
            span: SpanId(2),
        })
        .collect();
    assert_eq!(found(&graph), [("MIR034", 7, Some(4))]);
    interface(&mut graph).address.value = Addressing::BootOrDhcp;
    assert_eq!(found(&graph), [("MIR034", 7, Some(4))]);
    let NodeKind::Port(_, number, _) = &mut graph.nodes[2].kind else {
        panic!("the third node is a port");
    };
    number.value = ConfigValue::Constant(0);
    let deferred = Deferred {
        pair: Pair::PortBesideDhcp(ConfigValue::Constant(0)),
        span: SpanId(7),
        other: (SpanId(4), "the address is asked for"),
    };
    let checked = check(&graph, &[]);
    assert_eq!(
        (checked.diagnostics, checked.deferred),
        (vec![], vec![deferred])
    );
}

#[test]
fn constants_are_checked_when_they_are_known() {
    let mut graph = graph_of_two("10.1.0.1/24");
    interface(&mut graph).gateway = Some(at(ConfigValue::Constant(0), 5));
    let number = at(ConfigValue::Constant(1), 8);
    let constant = NodeKind::Port(Protocol::Tcp, number, Limits::default());
    add_used(&mut graph, "admin", constant, 8);
    let checked = check(&graph, &[]);
    assert_eq!(checked.diagnostics, []);
    let address = interface(&mut graph).address.value.configured();
    let gateway = Deferred {
        pair: Pair::Gateway(ConfigValue::Constant(0), address),
        span: SpanId(5),
        other: (SpanId(4), "the address is"),
    };
    assert_eq!(checked.deferred, [gateway]);
    let list = PortList {
        protocol: Protocol::Tcp,
        ports: vec![
            at(ConfigValue::Known(80), 1),
            at(ConfigValue::Constant(1), 8),
        ],
    };
    assert_eq!(checked.ports, [list]);
}
