//! A node in words, for every picture.

use mirage_graph::{
    argument::{self, Argument, Presence},
    graph::{Kind, Node},
};

/// What the node is: `virtio interface`, `tcp port 80`.
pub fn title(node: &Node) -> String {
    let kind = node.kind.name();
    match &node.kind {
        Kind::Interface(interface) => format!("{} interface", interface.driver.value.name()),
        Kind::Tcp(port) | Kind::Udp(port) => format!("{kind} port {}", port.value),
        Kind::Console | Kind::Clock | Kind::Random => kind.into(),
        Kind::Own(_) => "own device".into(),
    }
}

/// A boot argument: `--port=PORT: u16, default 80`.
pub fn argument(described: &Argument<&str>) -> String {
    let kind = match described.kind {
        argument::Kind::Flag | argument::Kind::Other => "",
        kind => kind.name(),
    };
    let presence = match described.presence {
        Presence::Required => "required".into(),
        Presence::Optional => "".into(),
        Presence::Default(text) => format!("default {text}"),
        Presence::List => "may be repeated".into(),
    };
    let mut phrases = vec![kind.into(), presence];
    phrases.retain(|phrase| !phrase.is_empty());
    match phrases.as_slice() {
        [] => described.to_string(),
        phrases => format!("{described}: {}", phrases.join(", ")),
    }
}

/// What else was said of it, a phrase for each: `10.0.0.2/24`, `mtu 1400`.
pub fn configuration(node: &Node) -> Vec<String> {
    let interface = match &node.kind {
        Kind::Interface(interface) => interface,
        Kind::Own(written) => return vec![written.clone()],
        _ => return Vec::new(),
    };
    let address = interface.address.value;
    let mut phrases = vec![format!("{address}/{}", interface.prefix_length)];
    phrases.extend(
        interface
            .gateway
            .map(|gateway| format!("gateway {}", gateway.value)),
    );
    phrases.extend(interface.mac.map(|mac| format!("mac {mac}")));
    phrases.extend(interface.mtu.map(|mtu| format!("mtu {mtu}")));
    phrases
}

/// All of it: the name, and below what it is.
pub fn lines(node: &Node) -> Vec<String> {
    let mut lines = vec![node.name.clone()];
    let title = Some(title(node)).filter(|title| *title != node.name);
    lines.extend(title);
    lines.extend(configuration(node));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::tests::example;

    #[test]
    fn a_node_is_named_by_kind_driver_and_configuration() {
        let graph = example();
        let titles: Vec<_> = graph.nodes.iter().map(title).collect();
        let expected = [
            "clock",
            "random",
            "console",
            "virtio interface",
            "tcp port 80",
            "udp port 53",
        ];
        assert_eq!(titles, expected);
        let expected = ["10.0.0.2/24", "gateway 10.0.0.1", "mac 02:00:00:00:00:01"];
        assert_eq!(configuration(&graph.nodes[3]), expected);
        assert!(configuration(&graph.nodes[4]).is_empty());
        assert_eq!(lines(&graph.nodes[0]), ["clock"]);
        assert_eq!(lines(&graph.nodes[4]), ["web", "tcp port 80"]);
    }
}
