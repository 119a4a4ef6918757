//! The graph as a tree: what `main` receives, and below each node what it is built on.

use super::words;
use crate::{
    memory,
    ports::{Forward, Port},
};
use mirage_graph::{
    argument::Argument,
    graph::{Graph, Kind, NodeId},
    size,
    target::Target,
};
use termtree::Tree;

/// The tree of `graph`. A node with several users stands below each of them.
pub fn draw(graph: &Graph) -> Tree<String> {
    let mut tree = Tree::new(graph.name.clone()).with_leaves([
        targets(graph),
        format!("memory: {}", memory(graph)),
        format!("log: {}", graph.log.name()),
    ]);
    let received = graph.main.iter().map(|parameter| parameter.node);
    tree.push(Tree::new("main".into()).with_leaves(received.map(|node| below(graph, node))));
    if !graph.arguments.is_empty() {
        let arguments = graph.arguments.iter().map(Argument::as_ref);
        let lines = arguments.map(|argument| words::argument(&argument));
        tree.push(Tree::new("arguments".into()).with_leaves(lines));
    }
    // They run all the same.
    let users = graph.users();
    for (node, _) in graph.iter().filter(|(node, _)| users[node.0] == 0) {
        tree.push(below(graph, node));
    }
    tree
}

fn memory(graph: &Graph) -> String {
    match &graph.memory {
        Some(memory) => match memory.value.known() {
            Some(bytes) => size::display(bytes),
            None => words::setting(memory.value),
        },
        None => format!(
            "{} in QEMU, unless told otherwise",
            size::display(memory::USUAL)
        ),
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

/// The node and what is below it. There is no cycle: a node stands after those it is built on.
fn below(graph: &Graph, id: NodeId) -> Tree<String> {
    let node = graph.node(id);
    let title = words::title(node);
    let mut line = if title == node.name {
        title
    } else {
        format!("{}: {title}", node.name)
    };
    for phrase in words::configuration(node) {
        line += &format!(", {phrase}");
    }
    let mut reached: Vec<_> = Port::all(graph)
        .into_iter()
        .filter(|port| port.node == id)
        .map(|port| {
            let host = Forward::to(port.number, &[]).host;
            format!("{}:{host}", port.host_address())
        })
        .collect();
    reached.dedup();
    if !reached.is_empty() {
        line += &format!(", at {}", reached.join(" and "));
    }
    let at = &graph.locations[node.place.0];
    if matches!(
        node.kind,
        Kind::Interface(_) | Kind::Disk(_) | Kind::Port(..) | Kind::Own(_)
    ) {
        line += &format!(" ({}:{}:{})", at.file, at.line, at.column);
    }
    Tree::new(line).with_leaves(node.on.iter().map(|used| below(graph, used.node)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::tests::example;

    #[test]
    fn the_tree_has_every_node_under_its_users() {
        let expected = "\
gate
├── targets: unix, virtio, not hvt (it has no `virtio`), not spt (it has no `virtio`)
├── memory: 16MiB
├── log: info
├── main
│   ├── web: tcp port 80, at 127.0.0.1:8080 (src/main.rs:7:50)
│   │   └── net: virtio interface, 10.0.0.2/24, gateway 10.0.0.1, mac 02:00:00:00:00:01 (src/main.rs:7:13)
│   │       ├── clock
│   │       └── random
│   ├── names: udp port 53, at 127.0.0.1:8053 (src/main.rs:7:60)
│   │   └── net: virtio interface, 10.0.0.2/24, gateway 10.0.0.1, mac 02:00:00:00:00:01 (src/main.rs:7:13)
│   │       ├── clock
│   │       └── random
│   ├── console
│   └── clock
└── arguments
    ├── --motto=TEXT: text, required
    ├── --size=NUMBER: u16, default 80
    ├── --verbose
    └── --colour=COLOUR: may be repeated
";
        assert_eq!(draw(&example()).to_string(), expected);
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
        let Kind::Interface(interface) = &mut graph.nodes[3].kind else {
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
