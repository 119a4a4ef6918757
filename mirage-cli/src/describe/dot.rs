//! The graph as input for graphviz.

use super::text;
use mirage_graph::graph::Graph;
use std::fmt::Write;

/// The ID of the function. Node names contain no spaces.
const MAIN: &str = r#""fn main""#;

/// Returns the graph. An arrow leads from a node to each node that it is built on.
pub fn draw(graph: &Graph) -> String {
    let mut lines = format!(
        "digraph {} {{\n    node [shape=box];\n",
        quoted(&graph.name)
    );
    for node in &graph.nodes {
        let label = quoted(&text::lines(graph, node).join("\n"));
        let _ = writeln!(lines, "    {} [label={label}];", quoted(&node.name));
    }
    let _ = writeln!(lines, "    {MAIN} [label=main, shape=oval];");
    for parameter in &graph.main {
        let name = quoted(&graph.node(parameter.node).name);
        let _ = writeln!(lines, "    {MAIN} -> {name};");
    }
    for node in &graph.nodes {
        for other in &node.on {
            let (from, to) = (quoted(&node.name), quoted(&graph.node(other.node).name));
            let _ = writeln!(lines, "    {from} -> {to};");
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
        for line in [
            r#"    "web" [label="web\ntcp port 80\nsrc/main.rs:7:50"];"#,
            r#"    "fn main" -> "web";"#,
            r#"    "web" -> "net";"#,
        ] {
            assert!(dot.lines().any(|other| other == line), "{line} in {dot}");
        }
        assert!(dot.ends_with("}\n"));
    }

    #[test]
    fn names_cannot_end_the_string() {
        assert_eq!(quoted("a\"b\\c\nd"), r#""a\"b\\c\nd""#);
    }
}
