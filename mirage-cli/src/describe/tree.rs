//! The graph as a tree: the nodes that `main` receives and, below each node, the nodes it is built on.
//! Styles are those of a terminal.

use super::text::{self, styled};
use crate::{memory, ports::Port};
use anstyle::Style;
use mirage_graph::{
    argument::Argument,
    graph::{Graph, NodeId},
    need, size,
    target::Target,
};
use std::collections::BTreeSet;
use termtree::Tree;

/// The styles of a node's name, of its position, and of a reference to a node above.
const NAME: Style = Style::new().bold();
const POSITION: Style = Style::new().dimmed();
const ABOVE: Style = Style::new().italic();

/// Draws `graph`. A node with several users appears below each of them, with its details below the
/// first.
pub fn draw(graph: &Graph) -> Tree<String> {
    let needs = graph.needs.iter().filter(|need| need.bytes > 0);
    let needs = needs.map(text::need);
    let memory = format!("memory: {}", memory(graph));
    let mut tree = Tree::new(styled(NAME, &graph.name)).with_leaves([
        Tree::new(targets(graph)),
        Tree::new(memory).with_leaves(needs),
        Tree::new(format!("log: {}", graph.log.name())),
    ]);
    for line in text::files(graph).into_iter().chain(text::process(graph)) {
        tree.push(Tree::new(line));
    }
    let mut drawn = BTreeSet::new();
    let received = graph.main.iter().map(|parameter| parameter.node);
    let received = received.map(|node| below(graph, node, &mut drawn));
    tree.push(Tree::new(styled(NAME, "main")).with_leaves(received));
    // Unused nodes run as well.
    let users = graph.users();
    for (node, _) in graph.iter().filter(|(node, _)| users[node.0] == 0) {
        tree.push(below(graph, node, &mut drawn));
    }
    if !graph.arguments.is_empty() {
        let arguments = graph.arguments.iter().map(Argument::as_ref);
        let lines = arguments.map(|argument| text::argument(&argument));
        tree.push(Tree::new("arguments".into()).with_leaves(lines));
    }
    tree
}

/// Describes the memory that the unikernel gets, and how much of it it needs.
fn memory(graph: &Graph) -> String {
    let needed = size::display(need::total(&graph.needs));
    let is_linked = graph.needs.iter().any(|need| need.what == need::IMAGE);
    let rest = match Target::MACHINES
        .iter()
        .find(|machine| graph.targets.contains(machine))
    {
        Some(machine) if !is_linked => format!(" on {}, without the image", machine.name()),
        _ => String::new(),
    };
    format!("{}, of which it needs {needed}{rest}", amount(graph))
}

fn amount(graph: &Graph) -> String {
    match &graph.memory {
        Some(memory) => match memory.value.get() {
            Some(bytes) => size::display(bytes),
            None => text::value(memory.value),
        },
        None => {
            let default = size::display(memory::default_memory(&graph.needs));
            format!("{default} by default")
        }
    }
}

fn targets(graph: &Graph) -> String {
    let each = Target::ALL.map(|target| {
        let name = target.name();
        let mut drivers = graph.drivers().map(|(driver, _)| driver.value);
        match drivers.find(|driver| !driver.is_on(target)) {
            _ if graph.targets.contains(&target) => name.into(),
            Some(driver) => format!("not {name} (it has no `{}`)", driver.name()),
            None => format!("not {name} (not declared)"),
        }
    });
    format!("targets: {}", each.join(", "))
}

/// Draws a node, and what is below it unless that has been drawn already. There are no cycles: a node
/// comes after those that it is built on.
fn below(graph: &Graph, id: NodeId, drawn: &mut BTreeSet<NodeId>) -> Tree<String> {
    let node = graph.node(id);
    let name = styled(NAME, &node.name);
    if !drawn.insert(id) && text::is_declared(node) {
        return Tree::new(format!("{name} {}", styled(ABOVE, "(above)")));
    }
    let mut line = name;
    let title = text::title(node);
    if title != node.name {
        line += &format!(": {title}");
    }
    for phrase in text::configuration(node) {
        line += &format!(", {phrase}");
    }
    let reached = reached(graph, id);
    if !reached.is_empty() {
        line += &format!(", at {}", reached.join(" and "));
    }
    if let Some(position) = text::position(graph, node) {
        line += &format!(" {}", styled(POSITION, format_args!("({position})")));
    }
    let on = node.on.iter();
    Tree::new(line).with_leaves(on.map(|used| below(graph, used.node, drawn)))
}

/// The host address of the node, if it is a port. User networks forward none to an interface with IPv6 only.
fn reached(graph: &Graph, id: NodeId) -> Vec<String> {
    let all = Port::all(graph);
    let ports = all.iter().filter(|port| port.node == id && port.has_ipv4);
    let ports = ports.map(|port| {
        let host = port.forward(&all, &[]).host;
        format!("{}:{host}", port.host_address())
    });
    let mut reached: Vec<_> = ports.collect();
    reached.dedup();
    reached
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::tests::example;
    use mirage_graph::graph::NodeKind;

    #[test]
    fn the_tree_has_every_node_under_its_users() {
        let expected = "\
gate
├── targets: unix, virtio, not hvt (it has no `virtio`), not spt (it has no `virtio`)
├── memory: 16MiB, of which it needs 1573KiB on virtio, without the image
│   ├── 1MiB for machine
│   ├── 256KiB for stack
│   └── 293KiB for net
├── log: info
├── main
│   ├── web: tcp port 80, at 127.0.0.1:8080 (src/main.rs:7:50)
│   │   └── net: virtio interface, 10.0.0.2/24, gateway 10.0.0.1, mac 02:00:00:00:00:01, congestion reno, ecn request, conflict_detection strict, dns 10.0.0.1,9.9.9.9 (src/main.rs:7:13)
│   │       ├── clock
│   │       └── random
│   ├── names: udp port 53, at 127.0.0.1:8053 (src/main.rs:7:60)
│   │   └── net (above)
│   ├── console
│   └── clock
└── arguments
    ├── --motto=TEXT: text, required
    ├── --size=NUMBER: u16, default 80
    ├── --verbose
    └── --colour=COLOUR: may be repeated
";
        let tree = draw(&example()).to_string();
        assert_eq!(anstream::adapter::strip_str(&tree).to_string(), expected);
        assert!(
            tree.contains("\u{1b}[1mweb\u{1b}[0m: tcp port 80"),
            "{tree:?}"
        );
    }

    #[test]
    fn a_target_that_is_left_out_is_named_with_the_reason() {
        let mut graph = example();
        graph.targets = vec![Target::Unix];
        assert_eq!(
            targets(&graph),
            "targets: unix, not virtio (not declared), not hvt (it has no `virtio`), \
             not spt (it has no `virtio`)"
        );
        let NodeKind::Interface(interface) = &mut graph.nodes[3].kind else {
            panic!("the node `net` is the interface");
        };
        interface.driver.value = mirage_graph::target::Driver::Tap;
        assert_eq!(
            targets(&graph),
            "targets: unix, not virtio (it has no `tap`), not hvt (it has no `tap`), \
             not spt (it has no `tap`)"
        );
    }
}
