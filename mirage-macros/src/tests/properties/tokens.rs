//! Tokens without sense, and changes that take the sense from tokens.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use proptest::{
    collection::vec,
    prelude::*,
    sample::{Index, select},
};

/// Words of the language and of Rust, literals of every kind, and punctuation.
const LEXEMES: &[&str] = &[
    "net",
    "ip",
    "gateway",
    "mac",
    "mtu",
    "congestion",
    "ecn",
    "conflict_detection",
    "dns",
    "tcp",
    "udp",
    "port",
    "driver",
    "name",
    "memory",
    "log",
    "targets",
    "args",
    "boot",
    "match",
    "target",
    "unix",
    "virtio",
    "console",
    "clock",
    "random",
    "on",
    "wan",
    "http",
    "_http",
    "_",
    "main",
    "async",
    "fn",
    "mut",
    "ref",
    "self",
    "Self",
    "crate",
    "super",
    "unsafe",
    "extern",
    "const",
    "static",
    "impl",
    "dyn",
    "where",
    "for",
    "struct",
    "enum",
    "union",
    "pub",
    "if",
    "else",
    "loop",
    "as",
    "bool",
    "u16",
    "String",
    "Option",
    "Vec",
    "default",
    "value",
    "r#type",
    "r#match",
    "größe",
    "true",
    "'a",
    "\"virtio\"",
    "\"auto\"",
    "\"10.0.0.2/24\"",
    "\"10.0.0.1\"",
    "\"02:00:00:00:00:01\"",
    "\"16MiB\"",
    "\"\"",
    "\"ü\\u{0}\"",
    "r#\"raw\"#",
    "b\"bytes\"",
    "c\"c\"",
    "'c'",
    "b'b'",
    "\"text\"suffix",
    "0",
    "80",
    "80u16",
    "80u7",
    "0x50",
    "1_400",
    "65536",
    "18446744073709551616",
    "1.5",
    "1e9",
    ",",
    ",",
    "=",
    "=",
    ".",
    ":",
    "::",
    ";",
    "|",
    "&",
    "!",
    "#",
    "?",
    "<",
    ">",
    "-",
    "+",
    "*",
    "/",
    "@",
    "$",
    "~",
    "^",
    "=>",
    "->",
    "..",
    "..=",
];

/// Tokens without sense, in brackets that match.
pub fn any() -> impl Strategy<Value = String> {
    let lexeme = select(LEXEMES).prop_map(String::from);
    let tree = lexeme.prop_recursive(3, 24, 6, |tree| {
        (select(&["()", "[]", "{}"][..]), vec(tree, 0..6)).prop_map(|(brackets, trees)| {
            let (open, close) = brackets.split_at(1);
            format!("{open} {} {close}", trees.join(" "))
        })
    });
    vec(tree, 0..12).prop_map(|trees| trees.join(" "))
}

/// A text that has a sense, and what is done to it.
#[derive(Debug, Clone)]
pub struct Changed {
    text: &'static str,
    changes: Vec<(Index, Change)>,
}

/// What is done to a token, or to a group.
#[derive(Debug, Clone)]
enum Change {
    Remove,
    Repeat,
    Replace(String),
    Precede(String),
    Open,
    Enclose(Delimiter),
}

/// One of `texts`, with a few changes.
pub fn changed(texts: &'static [&'static str]) -> impl Strategy<Value = Changed> {
    let delimiter = select(vec![
        Delimiter::Parenthesis,
        Delimiter::Bracket,
        Delimiter::Brace,
        Delimiter::None,
    ]);
    let change = prop_oneof![
        Just(Change::Remove),
        Just(Change::Repeat),
        select(LEXEMES).prop_map(|lexeme| Change::Replace(lexeme.into())),
        select(LEXEMES).prop_map(|lexeme| Change::Precede(lexeme.into())),
        any().prop_map(Change::Replace),
        Just(Change::Open),
        delimiter.prop_map(Change::Enclose),
    ];
    let changes = vec((proptest::prelude::any::<Index>(), change), 1..4);
    (select(texts), changes).prop_map(|(text, changes)| Changed { text, changes })
}

impl Changed {
    /// The text's tokens with the changes.
    pub fn tokens(&self) -> TokenStream {
        let tokens = self.text.parse().expect("tokens");
        let changes = self.changes.iter();
        changes.fold(tokens, |tokens, (index, change)| {
            match count(tokens.clone()) {
                0 => tokens,
                count => change.at(&mut Some(index.index(count)), tokens),
            }
        })
    }
}

/// How many tokens and groups there are.
fn count(tokens: TokenStream) -> usize {
    let inside = |tree| match tree {
        TokenTree::Group(group) => 1 + count(group.stream()),
        _ => 1,
    };
    tokens.into_iter().map(inside).sum()
}

impl Change {
    /// Changes the tree at a position; groups count before what is in them. `None` once it is done.
    fn at(&self, position: &mut Option<usize>, tokens: TokenStream) -> TokenStream {
        let mut changed = TokenStream::new();
        for tree in tokens {
            match (*position, tree) {
                (Some(0), tree) => {
                    *position = None;
                    changed.extend(self.apply(tree));
                }
                (_, TokenTree::Group(group)) => {
                    *position = position.map(|left| left - 1);
                    let inside = self.at(position, group.stream());
                    changed.extend([TokenTree::from(Group::new(group.delimiter(), inside))]);
                }
                (_, tree) => {
                    *position = position.map(|left| left - 1);
                    changed.extend([tree]);
                }
            }
        }
        changed
    }

    /// What becomes of a tree.
    fn apply(&self, tree: TokenTree) -> TokenStream {
        let parsed = |text: &String| -> TokenStream { text.parse().expect("tokens") };
        match self {
            Self::Remove => TokenStream::new(),
            Self::Repeat => [tree.clone(), tree].into_iter().collect(),
            Self::Replace(text) => parsed(text),
            Self::Precede(text) => [parsed(text), tree.into()].into_iter().collect(),
            Self::Open => match tree {
                TokenTree::Group(group) => group.stream(),
                tree => tree.into(),
            },
            Self::Enclose(delimiter) => TokenTree::from(Group::new(*delimiter, tree.into())).into(),
        }
    }
}
