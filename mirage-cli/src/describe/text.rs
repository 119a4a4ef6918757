//! Texts for nodes, for all output formats.

use anstyle::Style;
use mirage_graph::{
    argument::{self, Argument, Presence},
    files::Root,
    graph::{Addressing, ConfigValue, Graph, Limits, Node, NodeKind, Property, Spanned},
    need::{self, Need},
    size,
};
use std::fmt::Display;

/// Applies a style to a text.
pub fn styled(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}

/// Returns whether the attribute declares the node. Others exist because a node is built on them.
pub fn is_declared(node: &Node) -> bool {
    !matches!(
        node.kind,
        NodeKind::Console | NodeKind::Clock | NodeKind::Random
    )
}

/// The position of the node's declaration: file, line and column.
pub fn position(graph: &Graph, node: &Node) -> Option<String> {
    let at = &graph.locations[node.span.0];
    is_declared(node).then(|| format!("{}:{}:{}", at.file, at.line, at.column))
}

/// Describes the kind of a node: `virtio interface`, `tcp port 80`.
pub fn title(node: &Node) -> String {
    let kind = node.kind.name();
    match &node.kind {
        NodeKind::Interface(interface) => format!("{} interface", interface.driver.value.name()),
        NodeKind::Disk(disk) => format!("{} disk", disk.driver.value.name()),
        NodeKind::Port(protocol, port, _) => {
            let protocols: Vec<_> = protocol.each().iter().map(|each| each.name()).collect();
            format!("{} port {}", protocols.join(" and "), value(port.value))
        }
        NodeKind::Console | NodeKind::Clock | NodeKind::Random => kind.into(),
        NodeKind::Custom(_) => "custom device".into(),
        NodeKind::Arguments(_) => "boot arguments".into(),
        NodeKind::Remote(remote) => format!("{} link to {}", remote.protocol.acronym(), remote.to),
    }
}

/// Describes the files of a program: `root: files/, 3 files with 2KiB`, `tmp: 4MiB`.
pub fn files(graph: &Graph) -> Vec<String> {
    let root = graph.root.as_ref().map(|root| {
        let Root { path, files, bytes } = &root.value;
        let (plural, bytes) = (if *files == 1 { "" } else { "s" }, size::display(*bytes));
        format!("root: {path}, {files} file{plural} with {bytes}")
    });
    let tmp = graph.tmp.map(|tmp| {
        let limit = tmp.value.get().map(size::display);
        format!("tmp: {}", limit.unwrap_or_else(|| value(tmp.value)))
    });
    root.into_iter().chain(tmp).collect()
}

/// Describes the threads and the environment of a program with std: `threads: 8 with 64KiB each`.
pub fn process(graph: &Graph) -> Vec<String> {
    if !graph.std {
        return Vec::new();
    }
    let stack = graph.threads.stack.and_then(|stack| stack.value.get());
    let max = graph.threads.max.and_then(|max| max.value.get());
    let main = graph.stack.and_then(|stack| stack.value.get());
    let mut lines = Vec::new();
    if let (Some(stack), Some(max), Some(main)) = (stack, max, main) {
        let [main, stack] = [main, stack].map(size::display);
        lines.push(format!(
            "threads: the main thread with a stack of {main}, and up to {max} with {stack} each"
        ));
    }
    if !graph.env.is_empty() {
        lines.push(format!("environment: {}", graph.env.join(", ")));
    }
    lines
}

/// Describes a memory need: `128KiB for stack`.
pub fn need(need: &Need<String>) -> String {
    let bytes = size::display(need::whole(need.bytes));
    format!("{bytes} for {}", need.what)
}

/// Describes a boot argument: `--port=PORT: u16, default 80`.
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

/// Describes the configuration of a node, one phrase per property: `10.0.0.2/24`, `mtu 1400`.
pub fn configuration(node: &Node) -> Vec<String> {
    let interface = match &node.kind {
        NodeKind::Interface(interface) => interface,
        NodeKind::Disk(disk) => {
            let size = disk.size.and_then(|size| size.value.get());
            let min = size.map(|bytes| format!("at least {}", size::display(bytes)));
            return min.into_iter().collect();
        }
        NodeKind::Custom(written) | NodeKind::Arguments(written) => return vec![written.clone()],
        NodeKind::Remote(remote) => return vec![remote.address.to_string()],
        NodeKind::Port(_, _, limits) => return self::limits(limits),
        _ => return Vec::new(),
    };
    let mut phrases = vec![match interface.address.value {
        Addressing::Static(address) => value(address),
        Addressing::Dhcp => "address by DHCP".into(),
        Addressing::BootOrDhcp => "address by DHCP unless given at boot".into(),
        Addressing::Absent => "no IPv4".into(),
    }];
    let properties = interface
        .properties()
        .filter_map(|(name, property)| Some(format!("{name} {}", property_value(property?))));
    phrases.extend(properties);
    phrases
}

fn property_value(property: Property) -> String {
    match property {
        Property::Number(number) => value(number),
        Property::Size(size) => size.get().map_or_else(String::new, size::display),
        Property::Address(address) => value(address),
        Property::MacAddress(address) => value(address),
        Property::Congestion(algorithm) => value(algorithm),
        Property::Ecn(mode) => value(mode),
        Property::ConflictDetection(mode) => value(mode),
        Property::NameServers(servers) => value(servers),
        Property::Ipv6Interface(address) => value(address),
        Property::Ipv6Address(address) => value(address),
    }
}

/// Describes the declared limits of a port.
fn limits(limits: &Limits) -> Vec<String> {
    let number = |limit: Option<Spanned<ConfigValue<u16>>>, what: &str| {
        let limit = limit?;
        Some(format!("{} {what}", value(limit.value)))
    };
    let buffer = |buffer: Option<Spanned<ConfigValue<u64>>>, what: &str| {
        let bytes = buffer?.value.get()?;
        Some(format!("{what} {}", size::display(bytes)))
    };
    let congestion = limits.congestion.map(|algorithm| value(algorithm.value));
    let phrases = [
        number(limits.connections, "connections"),
        number(limits.datagrams, "datagrams"),
        buffer(limits.receive, "receive"),
        buffer(limits.transmit, "transmit"),
        congestion.map(|name| format!("congestion {name}")),
    ];
    phrases.into_iter().flatten().collect()
}

/// Describes a value that may be given at boot.
pub fn value<T: Display>(value: ConfigValue<T>) -> String {
    match value {
        ConfigValue::Known(value) => value.to_string(),
        ConfigValue::Boot(Some(default)) => format!("{default} unless given at boot"),
        ConfigValue::Boot(None) => "given at boot".into(),
        // None of them occurs in a manifest.
        ConfigValue::Constant(_) | ConfigValue::BootOrConstant(_) | ConfigValue::Unread => {
            "unknown".into()
        }
    }
}

/// The maximum length of a configuration in a picture, in characters.
const MAX_LEN: usize = 40;

/// The lines of a box: the name, the description and the position.
pub fn lines(graph: &Graph, node: &Node) -> Vec<String> {
    let mut lines = vec![node.name.clone()];
    let title = Some(title(node)).filter(|title| *title != node.name);
    lines.extend(title);
    lines.extend(configuration(node).into_iter().map(shortened));
    lines.extend(position(graph, node));
    lines
}

fn shortened(phrase: String) -> String {
    match phrase.char_indices().nth(MAX_LEN) {
        Some((end, _)) => format!("{}…", phrase[..end].trim_end()),
        None => phrase,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::tests::example;
    use mirage_graph::graph::SpanId;

    #[test]
    fn a_long_configuration_is_shortened() {
        assert_eq!(shortened("ä".repeat(40)), "ä".repeat(40));
        assert_eq!(shortened("ä".repeat(41)), "ä".repeat(40) + "…");
    }

    #[test]
    fn a_program_with_std_has_threads_and_variables() {
        let mut graph = example();
        assert!(process(&graph).is_empty());
        let known = |value| Some(Spanned::new(value, SpanId(0)));
        graph.std = true;
        graph.stack = known(ConfigValue::Known(256 << 10));
        graph.threads.stack = known(ConfigValue::Known(64 << 10));
        graph.threads.max = Some(Spanned::new(ConfigValue::Known(8), SpanId(0)));
        graph.env = vec!["RUST_LOG=info".into()];
        let expected = [
            "threads: the main thread with a stack of 256KiB, and up to 8 with 64KiB each",
            "environment: RUST_LOG=info",
        ];
        assert_eq!(process(&graph), expected);
    }

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
        let expected = [
            "10.0.0.2/24",
            "gateway 10.0.0.1",
            "mac 02:00:00:00:00:01",
            "congestion reno",
            "ecn request",
            "conflict_detection strict",
            "dns 10.0.0.1,9.9.9.9",
        ];
        assert_eq!(configuration(&graph.nodes[3]), expected);
        assert!(configuration(&graph.nodes[4]).is_empty());
        assert_eq!(lines(&graph, &graph.nodes[0]), ["clock"]);
        let expected = ["web", "tcp port 80", "src/main.rs:7:50"];
        assert_eq!(lines(&graph, &graph.nodes[4]), expected);
    }
}
