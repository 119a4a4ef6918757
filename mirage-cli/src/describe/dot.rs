//! The graph for graphviz.

use super::words;
use crate::manifest::Manifest;
use std::fmt::Write;

/// The graph of `manifest`; an arrow leads from a node to what it is built on.
pub fn draw(manifest: &Manifest) -> String {
    let mut lines = format!(
        "digraph {} {{\n    node [shape=box];\n",
        quoted(&manifest.name)
    );
    for node in &manifest.nodes {
        let mut label = vec![node.name.clone(), words::kind(node)];
        label.extend(words::configuration(node));
        let _ = writeln!(
            lines,
            "    {} [label={}];",
            quoted(&node.name),
            quoted(&label.join("\n"))
        );
    }
    for node in &manifest.nodes {
        for other in &node.on {
            let _ = writeln!(lines, "    {} -> {};", quoted(&node.name), quoted(other));
        }
    }
    lines + "}\n"
}

fn quoted(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{}\"", text.replace('\n', "\\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::tests::example;

    #[test]
    fn nodes_and_edges_are_written() {
        let dot = draw(&example());
        assert!(dot.starts_with("digraph \"gate\" {\n"));
        assert!(dot.contains("    \"web\" [label=\"web\\ntcp\\nport 80\"];\n"));
        assert!(dot.contains("    \"web\" -> \"net\";\n"));
        assert!(dot.ends_with("}\n"));
    }

    #[test]
    fn names_cannot_end_the_string() {
        assert_eq!(quoted("a\"b\\c\nd"), r#""a\"b\\c\nd""#);
    }
}
