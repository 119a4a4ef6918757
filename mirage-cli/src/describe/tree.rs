//! The graph as a tree: each node above the nodes that it is built on.

use super::words;
use crate::{
    failure::Result,
    manifest::{Manifest, Node},
    qemu,
    target::Target,
};
use clap::ValueEnum;
use termtree::Tree;

/// The tree of `manifest`. A node with several users stands under each of them.
pub fn draw(manifest: &Manifest) -> Result<Tree<String>> {
    let mut tree = Tree::new(manifest.name.clone()).with_leaves(image(manifest)?);
    for node in manifest.roots() {
        tree.push(below(manifest, node, manifest.nodes.len()));
    }
    Ok(tree)
}

fn image(manifest: &Manifest) -> Result<Vec<String>> {
    let declared = manifest.targets()?;
    let name = |target: &Target| target.name();
    let yes: Vec<_> = declared.iter().map(name).collect();
    let no: Vec<_> = Target::value_variants()
        .iter()
        .filter(|target| !declared.contains(target))
        .map(name)
        .collect();
    let mut targets = format!("targets: {}", yes.join(", "));
    if !no.is_empty() {
        targets += &format!(" (not {})", no.join(", "));
    }
    let memory = match manifest.memory {
        Some(bytes) => words::bytes(bytes),
        None => format!(
            "{} unless `--memory` says otherwise",
            words::bytes(qemu::MEMORY)
        ),
    };
    Ok(vec![
        targets,
        format!("memory: {memory}"),
        format!("log: {}", manifest.log),
    ])
}

/// The node and what is below it, no deeper than there are nodes: a manifest may lie.
fn below(manifest: &Manifest, node: &Node, depth: usize) -> Tree<String> {
    let mut line = format!("{}: {}", node.name, words::kind(node));
    for phrase in words::configuration(node)
        .into_iter()
        .chain(words::reached(node))
    {
        line += ", ";
        line += &phrase;
    }
    if let Some(at) = &node.at {
        line += &format!("  ({}:{}:{})", at.file, at.line, at.column);
    }
    let mut tree = Tree::new(line);
    if let Some(depth) = depth.checked_sub(1) {
        for node in manifest.built_on(node) {
            tree.push(below(manifest, node, depth));
        }
    }
    tree
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::tests::example;

    #[test]
    fn the_tree_has_every_node_under_its_users() {
        let expected = "\
gate
├── targets: unix, virtio
├── memory: 16 MiB
├── log: info
├── web: tcp, port 80, at 127.0.0.1:8080  (src/main.rs:7:50)
│   └── net: net by virtio, 10.0.0.2/24, gateway 10.0.0.1, mac 02:00:00:00:00:01, mtu 1400  (src/main.rs:7:13)
│       ├── clock: clock
│       └── random: random
├── names: udp, port 53, at 127.0.0.1:8053
│   └── net: net by virtio, 10.0.0.2/24, gateway 10.0.0.1, mac 02:00:00:00:00:01, mtu 1400  (src/main.rs:7:13)
│       ├── clock: clock
│       └── random: random
└── console: console
";
        assert_eq!(
            draw(&example()).expect("known targets").to_string(),
            expected
        );
    }

    #[test]
    fn a_cycle_ends() {
        let mut manifest = example();
        manifest.nodes[3].on = vec!["net".into()];
        assert!(draw(&manifest).expect("known targets").to_string().len() < 100_000);
    }
}
