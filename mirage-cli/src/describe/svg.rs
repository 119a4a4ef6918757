//! The graph as an SVG picture: rows of boxes, with an arrow from each box to those it is built on.

mod layout;

use super::text;
use layout::{Layout, Point, Size};
use mirage_graph::graph::{Graph, NodeKind};
use std::fmt::Write;

/// The width of a character of the monospaced font, and the height of a line, in pixels.
const LETTER: usize = 8;
const LINE: usize = 18;
const PADDING: usize = 10;

/// A box: its lines and its colour.
struct Labelled {
    lines: Vec<String>,
    colour: &'static str,
    /// Whether the last line is the position of the declaration.
    has_place: bool,
}

/// Draws `graph`.
pub fn draw(graph: &Graph) -> String {
    let main = Labelled {
        lines: vec!["main".into()],
        colour: "#fdf3d8",
        has_place: false,
    };
    let nodes = graph.nodes.iter().map(|node| Labelled {
        lines: text::lines(graph, node),
        colour: colour(&node.kind),
        has_place: text::is_declared(node),
    });
    let boxes: Vec<_> = [main].into_iter().chain(nodes).collect();
    let sizes: Vec<_> = boxes.iter().map(|labelled| size(&labelled.lines)).collect();
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
    for edge in 0..edges.len() {
        let path = path(&layout.route(edge));
        let _ = writeln!(
            svg,
            r##"<path d="{path}" fill="none" stroke="#444444" marker-end="url(#arrow)"/>"##
        );
    }
    for (index, labelled) in boxes.iter().enumerate() {
        draw_box(&mut svg, labelled, layout.corner(index), sizes[index]);
    }
    svg + "</svg>\n"
}

fn draw_box(svg: &mut String, labelled: &Labelled, (left, top): Point, size: Size) {
    let Size { width, height } = size;
    let Labelled {
        lines,
        colour,
        has_place,
    } = labelled;
    let _ = writeln!(
        svg,
        r##"<rect x="{left}" y="{top}" width="{width}" height="{height}" rx="4" fill="{colour}" stroke="#33506f"/>"##
    );
    for (number, line) in lines.iter().enumerate() {
        let (x, y) = (left + PADDING, top + PADDING + LINE * number + 13);
        let style = match number {
            0 => r#" font-weight="bold""#,
            last if *has_place && last + 1 == lines.len() => r##" fill="#777777""##,
            _ => "",
        };
        let _ = writeln!(
            svg,
            r#"<text x="{x}" y="{y}"{style}>{}</text>"#,
            escaped(line)
        );
    }
}

/// The colour of a box.
fn colour(kind: &NodeKind) -> &'static str {
    match kind {
        NodeKind::Port(..) | NodeKind::Remote(_) => "#e3f3e6",
        NodeKind::Interface(_) | NodeKind::Disk(_) => "#e6effa",
        NodeKind::Custom(_) => "#f1e8fa",
        NodeKind::Arguments(_) => "#fae9e6",
        NodeKind::Console | NodeKind::Clock | NodeKind::Random => "#f2f2f2",
    }
}

/// The path of an arrow through its points. It starts and ends vertically.
fn path(route: &[[Point; 2]]) -> String {
    let mut path = String::new();
    let mut from: Option<Point> = None;
    for &[(x, y), (_, end)] in route {
        let _ = match from {
            None => write!(path, "M{x} {y}"),
            Some((left, top)) => {
                let middle = top.midpoint(y);
                write!(path, "C{left} {middle} {x} {middle} {x} {y}")
            }
        };
        if end != y {
            let _ = write!(path, "V{end}");
        }
        from = Some((x, end));
    }
    path
}

fn size(lines: &[String]) -> Size {
    let longest = lines.iter().map(|line| line.chars().count()).max();
    Size {
        width: longest.unwrap_or(0) * LETTER + 2 * PADDING,
        height: lines.len() * LINE + 2 * PADDING,
    }
}

/// The edges from `main` and from each node to what they are built on, by index of the box.
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
        assert_eq!(svg.matches("<path d=\"M").count(), 8 + 1);
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
