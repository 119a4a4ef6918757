//! The graph as a picture: one row of boxes below the other, an arrow from each box to what it is
//! built on.

mod layout;

use super::words;
use crate::manifest::{Manifest, Node};
use layout::{Layout, Size};
use std::fmt::Write;

/// Pixels that a letter of the monospaced font is wide, and a line high.
const LETTER: usize = 8;
const LINE: usize = 18;
const PADDING: usize = 10;

/// The picture of `manifest`.
pub fn draw(manifest: &Manifest) -> String {
    let texts: Vec<_> = manifest.nodes.iter().map(text).collect();
    let sizes: Vec<_> = texts.iter().map(|lines| size(lines)).collect();
    let edges = edges(manifest);
    let layout = Layout::new(&sizes, &edges);
    let Size { width, height } = layout.size;
    let mut svg = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="monospace" font-size="13">
<title>{}</title>
<defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z"/></marker></defs>
<rect width="{width}" height="{height}" fill="#ffffff"/>
"##,
        escaped(&manifest.name)
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

fn text(node: &Node) -> Vec<String> {
    let mut lines = vec![node.name.clone(), words::kind(node)];
    lines.extend(words::configuration(node));
    lines
}

fn size(lines: &[String]) -> Size {
    let longest = lines.iter().map(|line| line.chars().count()).max();
    Size {
        width: longest.unwrap_or(0) * LETTER + 2 * PADDING,
        height: lines.len() * LINE + 2 * PADDING,
    }
}

/// Each node with each that it is built on, by index.
fn edges(manifest: &Manifest) -> Vec<(usize, usize)> {
    let place = |name: &String| manifest.nodes.iter().position(|node| node.name == *name);
    let mut edges = Vec::new();
    for (index, node) in manifest.nodes.iter().enumerate() {
        edges.extend(node.on.iter().filter_map(place).map(|other| (index, other)));
    }
    edges
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
        let manifest = example();
        let svg = draw(&manifest);
        assert_eq!(svg.matches(" rx=\"4\"").count(), manifest.nodes.len());
        assert_eq!(svg.matches("<line ").count(), 4);
        assert!(svg.contains(">10.0.0.2/24</text>"));
    }

    #[test]
    fn text_stays_text() {
        let mut manifest = example();
        manifest.nodes[0].name = "<a&b>".into();
        let svg = draw(&manifest);
        assert!(svg.contains("&lt;a&amp;b&gt;") && !svg.contains("<a&b>"));
    }
}
