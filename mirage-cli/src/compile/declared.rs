//! What the source of a program says about its targets, before anything is compiled.
//!
//! The macro decides which targets a unikernel supports, but it runs only after the dependencies have been
//! compiled. This module reads the attribute's tokens and refuses a target only if the macro would: what it
//! cannot read excludes nothing.

use mirage_graph::target::{Driver, Target};
use proc_macro2::{Delimiter, Group, Ident, Literal, Spacing, TokenStream, TokenTree};

/// The last segment of the attribute's path.
const ATTRIBUTE: &str = "unikernel";

/// Attributes that neither remove nor replace the function below them.
const HARMLESS: [&str; 7] = [
    "allow", "deny", "doc", "expect", "forbid", "must_use", "warn",
];

/// Why a unikernel does not support a target.
#[derive(Debug, PartialEq, Eq)]
pub struct Exclusion {
    /// The line in the source.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// What is written there.
    pub reason: String,
}

impl Exclusion {
    fn at(span: proc_macro2::Span, reason: String) -> Self {
        let start = span.start();
        Self {
            line: start.line,
            column: start.column + 1,
            reason,
        }
    }
}

/// `key = value`, or `key(…)`.
struct Item {
    key: Ident,
    value: Value,
}

enum Value {
    /// `= "text"`
    Text(String, Literal),
    /// `(…)`
    Group(Group),
    Other,
}

/// An interface or a disk.
struct Device {
    name: Ident,
    /// `None` if it is not declared, or cannot be read.
    driver: Option<(Driver, Literal)>,
}

impl Device {
    fn new(name: &Ident, driver: Option<&Value>) -> Self {
        let driver = driver.and_then(|driver| match driver {
            Value::Text(name, literal) => Some((Driver::from_name(name)?, literal.clone())),
            _ => None,
        });
        Self {
            name: name.clone(),
            driver,
        }
    }

    /// Returns why `target` cannot have this device.
    fn exclusion(&self, target: Target) -> Option<Exclusion> {
        let name = text_of(&self.name);
        if let Some((driver, literal)) = &self.driver
            && !driver.is_on(target)
        {
            let supported = Target::ALL.into_iter();
            let supported: Vec<_> = supported.filter(|target| driver.is_on(*target)).collect();
            let reason = format!(
                "the driver \"{}\" of `{name}` is for {}; \"auto\" is for all targets",
                driver.name(),
                list(&supported)
            );
            return Some(Exclusion::at(literal.span(), reason));
        }
        let is_allowed = target
            .device_limits()
            .is_none_or(|limits| limits.allow(&name));
        let reason = "device names are ASCII letters and digits there".into();
        (!is_allowed).then(|| Exclusion::at(self.name.span(), reason))
    }
}

/// Returns why the unikernel in `source` does not support `target`. Returns `None` if it does, or if only the
/// compiler can tell.
pub fn exclusion(source: &str, target: Target) -> Option<Exclusion> {
    let items = items(attribute(source.parse().ok()?)?);
    if let Some(item) = items.iter().find(|item| text_of(&item.key) == "targets") {
        let Value::Group(group) = &item.value else {
            return None;
        };
        let declared = targets(group.stream())?;
        let is_excluded = !declared.is_empty() && !declared.contains(&target);
        let reason = format!("it declares {}", list(&declared));
        return is_excluded.then(|| Exclusion::at(item.key.span(), reason));
    }
    let mut devices = items.iter().flat_map(devices);
    devices.find_map(|device| device.exclusion(target))
}

/// Returns the contents of the only attribute of this name in the root of a crate.
fn attribute(source: TokenStream) -> Option<TokenStream> {
    let mut tokens = source.into_iter().peekable();
    let mut found = None;
    // Whether the attributes of the current item may remove it or change it.
    let (mut is_uncertain, mut contents) = (false, None);
    while let Some(token) = tokens.next() {
        if matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '#') {
            // `#![…]` is an attribute of the crate.
            let is_inner = tokens.next_if(|token| is_punct(token, '!')).is_some();
            let Some(TokenTree::Group(group)) = tokens.next() else {
                return None;
            };
            let (name, group) = named(group.stream())?;
            match name.as_str() {
                "cfg" if is_inner => return None,
                _ if is_inner => {}
                // Two of them on one function.
                ATTRIBUTE if contents.is_some() => return None,
                ATTRIBUTE => contents = Some(group?),
                // One below ours is passed to the macro with the function, unless it may remove the function.
                name if HARMLESS.contains(&name) => {}
                name => is_uncertain |= contents.is_none() || name.starts_with("cfg"),
            }
            continue;
        }
        // The end of an item.
        let is_end = is_punct(&token, ';')
            || matches!(&token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
        if !is_end {
            continue;
        }
        if let Some(contents) = contents.take() {
            if is_uncertain || found.is_some() {
                return None;
            }
            found = Some(contents);
        }
        is_uncertain = false;
    }
    found
}

/// Returns the last segment of an attribute's path, and its parentheses' contents.
fn named(attribute: TokenStream) -> Option<(String, Option<TokenStream>)> {
    let mut name = None;
    let mut contents = None;
    for token in attribute {
        match token {
            TokenTree::Ident(ident) if contents.is_none() => name = Some(text_of(&ident)),
            TokenTree::Punct(punct) if punct.as_char() == ':' => {}
            TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => {
                contents = Some(group.stream());
            }
            // `#[name = …]`
            _ => break,
        }
    }
    Some((name?, contents))
}

/// Splits the contents of the attribute, or of a group in it, at commas.
fn items(contents: TokenStream) -> Vec<Item> {
    let mut items = Vec::new();
    for piece in pieces(contents) {
        let mut tokens = piece.into_iter();
        let Some(TokenTree::Ident(key)) = tokens.next() else {
            continue;
        };
        let rest: Vec<_> = tokens.collect();
        let value = match rest.as_slice() {
            [TokenTree::Group(group)] if group.delimiter() == Delimiter::Parenthesis => {
                Value::Group(group.clone())
            }
            [TokenTree::Punct(equals), TokenTree::Literal(literal)]
                if equals.as_char() == '=' && equals.spacing() == Spacing::Alone =>
            {
                let text = text(literal);
                text.map_or(Value::Other, |text| Value::Text(text, literal.clone()))
            }
            _ => Value::Other,
        };
        items.push(Item { key, value });
    }
    items
}

fn pieces(contents: TokenStream) -> Vec<Vec<TokenTree>> {
    let tokens: Vec<_> = contents.into_iter().collect();
    let pieces = tokens.split(|token| is_punct(token, ','));
    pieces
        .map(<[_]>::to_vec)
        .filter(|piece| !piece.is_empty())
        .collect()
}

/// Reads `"virtio", "unix"`.
fn targets(contents: TokenStream) -> Option<Vec<Target>> {
    let target = |piece: Vec<TokenTree>| match piece.as_slice() {
        [TokenTree::Literal(literal)] => Target::from_name(&text(literal)?),
        _ => None,
    };
    pieces(contents).into_iter().map(target).collect()
}

/// Reads the drivers of `net = "virtio"`, or of `net(wan(driver = "virtio"))`. The same for disks.
fn devices(item: &Item) -> Vec<Device> {
    if !["net", "block"].contains(&text_of(&item.key).as_str()) {
        return Vec::new();
    }
    let Value::Group(group) = &item.value else {
        return vec![Device::new(&item.key, Some(&item.value))];
    };
    let members = items(group.stream()).into_iter();
    let members = members.map(|member| match &member.value {
        Value::Group(group) => {
            let keys = items(group.stream());
            let driver = keys.iter().find(|item| text_of(&item.key) == "driver");
            Device::new(&member.key, driver.map(|item| &item.value))
        }
        _ => Device::new(&member.key, None),
    });
    members.collect()
}

/// Returns the text of `"…"` without escapes; other forms of literals are left to the compiler.
fn text(literal: &Literal) -> Option<String> {
    let written = literal.to_string();
    let text = written.strip_prefix('"')?.strip_suffix('"')?;
    (!text.contains('\\')).then(|| text.into())
}

fn text_of(ident: &Ident) -> String {
    let written = ident.to_string();
    written.strip_prefix("r#").unwrap_or(&written).into()
}

fn is_punct(token: &TokenTree, character: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == character)
}

fn list(targets: &[Target]) -> String {
    let names: Vec<_> = targets.iter().map(|target| target.name()).collect();
    format!("`{}`", names.join("`, `"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excluded(source: &str, target: Target) -> Option<(usize, usize, String)> {
        let exclusion = exclusion(source, target)?;
        Some((exclusion.line, exclusion.column, exclusion.reason))
    }

    fn with(attribute: &str) -> String {
        format!(
            "#![no_std]\nuse mirage_rt::unikernel;\n#[unikernel({attribute})]\nasync fn main() {{}}\n"
        )
    }

    #[test]
    fn declared_targets_exclude_the_others() {
        for attribute in [
            "targets(\"unix\", \"virtio\")",
            "net = \"auto\", targets(\"unix\", \"virtio\",),",
            "// targets(\"spt\")\n log = \"targets(spt)\", targets(\"unix\", \"virtio\")",
        ] {
            let source = with(attribute);
            let (.., reason) = excluded(&source, Target::Spt).expect(attribute);
            assert_eq!(reason, "it declares `unix`, `virtio`");
            assert_eq!(excluded(&source, Target::Virtio), None, "{attribute}");
        }
        assert_eq!(
            excluded(&with("targets(\"unix\")"), Target::Spt)
                .map(|(line, column, _)| (line, column)),
            Some((3, 13))
        );
    }

    #[test]
    fn a_driver_or_a_name_excludes_targets() {
        for (attribute, reason) in [
            (
                "net = \"virtio\"",
                "the driver \"virtio\" of `net` is for `unix`, `virtio`; \"auto\" is for all targets",
            ),
            (
                "block = \"file\"",
                "the driver \"file\" of `block` is for `unix`; \"auto\" is for all targets",
            ),
            (
                "net(wan(ip = \"10.0.0.2\"), lan(driver = \"virtio\", ip = \"10.1.0.2\"))",
                "the driver \"virtio\" of `lan` is for `unix`, `virtio`; \"auto\" is for all targets",
            ),
            (
                "block(my_data(size = \"1MiB\"))",
                "device names are ASCII letters and digits there",
            ),
        ] {
            let source = with(attribute);
            let (.., found) = excluded(&source, Target::Spt).expect(attribute);
            assert_eq!(found, reason);
            assert_eq!(excluded(&source, Target::Unix), None, "{attribute}");
        }
    }

    #[test]
    fn what_cannot_be_read_excludes_nothing() {
        for attribute in [
            "",
            "net",
            "net = \"auto\", ip = \"10.0.0.2\"",
            "net = DRIVER",
            "net = \"\\u{76}irtio\"",
            "net = match target { \"spt\" => \"solo5\", _ => \"virtio\" }",
            "targets",
            "targets()",
            "targets(UNIX)",
            "targets(\"unix\" \"virtio\")",
            "targets = \"unix\"",
            "cache = Targets { targets: targets(\"unix\") }",
        ] {
            assert_eq!(excluded(&with(attribute), Target::Spt), None, "{attribute}");
        }
        let attribute = "#[unikernel(targets(\"unix\"))]";
        for source in [
            format!("#[cfg(any())]\n{attribute} async fn main() {{}}"),
            format!("{attribute}\n#[cfg(any())] async fn main() {{}}"),
            "#[cfg_attr(any(), unikernel(targets(\"unix\")))] async fn main() {}".into(),
            format!("#[rewrites] {attribute} async fn main() {{}}"),
            format!("{attribute} {attribute} async fn main() {{}}"),
            format!("{attribute} async fn main() {{}} {attribute} async fn main() {{}}"),
            format!("mod inner {{ {attribute} async fn main() {{}} }}"),
            format!("macro_rules! main {{ () => {{ {attribute} async fn main() {{}} }} }}"),
            format!("/* {attribute} async fn main() {{}} */"),
            format!("const TEXT: &str = r#\"{attribute} async fn main() {{}}\"#;"),
            format!("#![cfg(any())] {attribute} async fn main() {{}}"),
            format!("{attribute} async fn main() {{"),
            String::new(),
        ] {
            assert_eq!(excluded(&source, Target::Spt), None, "{source}");
        }
    }

    #[test]
    fn other_items_and_attributes_do_not_matter() {
        let attribute = "#[mirage_rt::unikernel(targets(\"unix\"))]";
        for source in [
            format!("/// What it does\n#[allow(unused)] {attribute} async fn main() {{}}"),
            format!(
                "#[cfg(test)] mod tests; #[derive(Args)] struct Arguments {{}} {attribute} async fn main() {{}}"
            ),
            format!("{attribute} #[tokio::main] async fn main() {{}}"),
        ] {
            assert!(excluded(&source, Target::Spt).is_some(), "{source}");
        }
    }
}
