//! The public API of a crate, according to rustdoc's pages: they include items that macros define, and
//! treat re-exports and hidden items as the compiler does.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// The pages of a crate's documentation by path, such as `net/struct.TcpStream`.
pub type Api = BTreeMap<String, Page>;

/// The page of an item or a module.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The declarations of the item, of its methods and of its implementations, in order.
    pub declarations: Vec<String>,
    /// The names that the item has inside: its methods, variants, fields and constants. Those that
    /// come from the implementation of a trait are the trait's.
    pub members: Vec<String>,
    /// Whether the standard library defines the item.
    pub is_std: bool,
}

/// Reads the pages in rustdoc's `directory` of a crate.
///
/// # Panics
///
/// Panics if a file cannot be read.
pub fn read(directory: &Path) -> Api {
    let mut api = Api::new();
    for path in pages(directory) {
        let name = path.strip_prefix(directory).expect("a path below it");
        let html = fs::read_to_string(&path).expect("a page");
        // The private path of an item that is exported elsewhere.
        if !html.contains("http-equiv=\"refresh\"") {
            let name = name.with_extension("").to_string_lossy().into_owned();
            api.insert(name, page(&html));
        }
    }
    api
}

fn pages(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).expect("a directory of the documentation");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let pages = paths.flat_map(|path| match path.is_dir() {
        true => pages(&path),
        false => vec![path],
    });
    pages
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "html")
        })
        .collect()
}

fn page(html: &str) -> Page {
    Page {
        declarations: declarations(html),
        members: members(html),
        is_std: is_std(html),
    }
}

/// Whether the link below the item's name is to the standard library's source.
fn is_std(html: &str) -> bool {
    let heading = html.split("<span class=\"sub-heading\">").nth(1);
    let heading = heading.and_then(|rest| rest.split("</div>").next());
    heading.is_some_and(|heading| heading.contains("href=\"https://doc.rust-lang.org/"))
}

/// Returns the contents of the elements that rustdoc shows as code of a declaration.
fn declarations(html: &str) -> Vec<String> {
    let elements = [
        ("<pre class=\"rust item-decl\">", "</pre>"),
        ("<h3 class=\"code-header\">", "</h3>"),
        ("<h4 class=\"code-header\">", "</h4>"),
        ("<dt>", "</dt>"),
    ];
    let mut found = Vec::new();
    for (start, end) in elements {
        for (position, _) in html.match_indices(start) {
            let content = &html[position + start.len()..];
            let content = content.split(end).next().unwrap_or_default();
            found.push((position, text(content)));
        }
    }
    found.sort();
    found.into_iter().map(|(_, text)| text).collect()
}

/// The names in ids such as `method.accept` of sections that are no trait's.
fn members(html: &str) -> Vec<String> {
    let sections = html.split("<section id=\"").skip(1);
    let members = sections.filter_map(|section| {
        let (id, rest) = section.split_once('"')?;
        let (_, class) = rest.split_once("class=\"")?;
        let (class, _) = class.split_once('"')?;
        let kinds = ["method", "variant", "associatedconstant", "associatedtype"];
        let name = id.split_once('.')?.1;
        kinds.contains(&class).then(|| name.to_string())
    });
    let fields = html.split("<span id=\"structfield.").skip(1);
    let fields = fields.filter_map(|field| Some(field.split_once('"')?.0.to_string()));
    members.chain(fields).map(without_number).collect()
}

/// Rustdoc numbers ids that are the same.
fn without_number(id: String) -> String {
    id.split('-').next().unwrap_or_default().to_string()
}

/// The text of HTML: without tags, with its entities, on one line.
fn text(html: &str) -> String {
    let mut text = String::new();
    let mut is_tag = false;
    for character in html.chars() {
        match character {
            '<' => is_tag = true,
            '>' => is_tag = false,
            _ if !is_tag => text.push(character),
            _ => {}
        }
    }
    let entities = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&nbsp;", " "),
        ("&amp;", "&"),
    ];
    let text = entities
        .into_iter()
        .fold(text, |text, (entity, character)| {
            text.replace(entity, character)
        });
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_its_declarations_and_members() {
        let html = "<pre class=\"rust item-decl\"><code>pub enum <b>A</b> {\n  B,\n}</code></pre>\
            <section id=\"variant.B\" class=\"variant\"><h3 class=\"code-header\">B</h3></section>\
            <section id=\"impl-A\" class=\"impl\"><h3 class=\"code-header\">impl A</h3></section>\
            <section id=\"method.of\" class=\"method\"><h4 class=\"code-header\">\
            pub fn of(&amp;self) -&gt; u8</h4></section>\
            <section id=\"method.fmt-1\" class=\"method trait-impl\"></section>";
        let page = page(html);
        let declarations = ["pub enum A { B, }", "B", "impl A", "pub fn of(&self) -> u8"];
        assert_eq!(page.declarations, declarations);
        assert_eq!(page.members, ["B", "of"]);
        assert!(!page.is_std);
    }
}
