//! The graph as a picture: one row of boxes below the other, an arrow from each box to what it is
//! built on.

mod layout;

use super::words;
use layout::{Layout, Size};
use mirage_graph::graph::Graph;
use std::fmt::Write;

/// Pixels that a letter of the monospaced font is wide, and a line high.
const LETTER: usize = 8;
const LINE: usize = 18;
const PADDING: usize = 10;

/// The picture of `graph`.
pub fn draw(graph: &Graph) -> String {
    let mut texts = vec![vec!["main".into()]];
    texts.extend(graph.nodes.iter().map(words::lines));
    let sizes: Vec<_> = texts.iter().map(|lines| size(lines)).collect();
    let edges = edges(graph);
    let layout = Layout::new(&sizes, &edges);
    let Size { width, height } = layout.size;
    let mut svg = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="monospace" font-size="13">
<title>{}</title>
<defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z"/></marker></defs>
<rect width="{width}" height="{height}" fill="#ffffff"/>
"##,
        escaped(&graph.name)
    );
    for &(from, to) in &edges {
        let ((x1, y1), (x2, y2)) = (layout.bottom(from), layout.top(to));
        let _ = writeln!(
            svg,
            r##"<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="#000000" marker-end="url(#arrow)"/>"##
        );
    }
    for (index, lines) in texts.iter().enumerate() {
        let ((left, top), Size { width, height }) = (layout.corner(index), sizes[index]);
        let _ = writeln!(
            svg,
            r##"<rect x="{left}" y="{top}" width="{width}" height="{height}" rx="4" fill="#eef3fa" stroke="#33506f"/>"##
        );
        for (number, line) in lines.iter().enumerate() {
            let (x, y) = (left + PADDING, top + PADDING + LINE * number + 13);
            let weight = if number == 0 {
                r#" font-weight="bold""#
            } else {
                ""
            };
            let _ = writeln!(
                svg,
                r#"<text x="{x}" y="{y}"{weight}>{}</text>"#,
                escaped(line)
            );
        }
    }
    svg + "</svg>\n"
}

fn size(lines: &[String]) -> Size {
    let longest = lines.iter().map(|line| line.chars().count()).max();
    Size {
        width: longest.unwrap_or(0) * LETTER + 2 * PADDING,
        height: lines.len() * LINE + 2 * PADDING,
    }
}

/// `main` and each node, with each that they are built on, by number of the box.
fn edges(graph: &Graph) -> Vec<(usize, usize)> {
    let received = graph.main.iter().map(|parameter| (0, parameter.node.0 + 1));
    let built_on = graph.iter().flat_map(|(id, node)| {
        let on = node.on.iter();
        on.map(move |other| (id.0 + 1, other.node.0 + 1))
    });
    received.chain(built_on).collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::tests::example;

    #[test]
    fn every_node_is_a_box_and_every_edge_an_arrow() {
        let graph = example();
        let svg = draw(&graph);
        assert_eq!(svg.matches(" rx=\"4\"").count(), graph.nodes.len() + 1);
        assert_eq!(svg.matches("<line ").count(), 8);
        assert!(svg.contains(">10.0.0.2/24</text>"));
    }

    #[test]
    fn text_stays_text() {
        let mut graph = example();
        graph.nodes[0].name = "<a&b>".into();
        let svg = draw(&graph);
        assert!(svg.contains("&lt;a&amp;b&gt;") && !svg.contains("<a&b>"));
    }
}
