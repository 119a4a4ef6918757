use super::Uses;
use crate::{cfg, tree::Tree};
use std::path::Path;

/// The cycles of a crate with these files, described.
fn cycles<const COUNT: usize>(files: [(&str, &str); COUNT]) -> Vec<String> {
    let read = |path: &Path| {
        let file = files.iter().find(|(name, _)| Path::new(name) == path);
        file.map(|(_, text)| text.to_string())
    };
    let tree = Tree::read(Path::new("src/lib.rs"), cfg::ALL[0], &read);
    let uses = Uses::in_crate(&tree);
    uses.cycles()
        .iter()
        .map(|cycle| uses.describe(cycle))
        .collect()
}

#[test]
fn a_parent_and_its_child_are_a_cycle() {
    let found = cycles([
        ("src/lib.rs", "mod a;"),
        ("src/a.rs", "mod b; use b::g; pub struct X; fn f() { g() }"),
        ("src/a/b.rs", "use super::X;\n pub fn g() -> X { X }"),
    ]);
    assert_eq!(
        found,
        [
            "2 files: a.rs -> a/b.rs -> a.rs\n  a.rs:1 -> a/b.rs (b::g)\n  a/b.rs:1 -> a.rs (super::X)\n"
        ]
    );
}

#[test]
fn declarations_and_exports_are_no_uses() {
    let found = cycles([
        ("src/lib.rs", "mod a; pub struct X; pub use a::f;"),
        ("src/a.rs", "use crate::X; pub fn f(_: X) {}"),
    ]);
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn an_item_is_followed_through_exports_to_its_file() {
    let found = cycles([
        ("src/lib.rs", "mod a; mod b;"),
        ("src/a/mod.rs", "mod c; pub use c::*;"),
        ("src/a/c.rs", "pub struct X; fn f() { crate::b::g() }"),
        ("src/b.rs", "use crate::a; pub fn g() { let _ = a::X; }"),
    ]);
    let [found] = &found[..] else {
        panic!("{found:?}")
    };
    assert!(
        found.starts_with("2 files: a/c.rs -> b.rs -> a/c.rs"),
        "{found}"
    );
}

#[test]
fn paths_in_macros_and_in_bodies_count() {
    let found = cycles([
        ("src/lib.rs", "mod a; mod b;"),
        (
            "src/a.rs",
            "pub fn f() { println!(\"{}\", crate::b::g(1)) }",
        ),
        ("src/b.rs", "pub fn g(x: u8) { use crate::a; a::f() }"),
    ]);
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn what_a_macro_defines_is_where_it_is_called() {
    let found = cycles([
        ("src/lib.rs", "mod a; mod b;"),
        (
            "src/a.rs",
            "macro_rules! m { () => { pub struct X; } } m!(); use crate::b::f;",
        ),
        ("src/b.rs", "use crate::a::X; pub fn f(_: X) {}"),
    ]);
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn code_of_tests_and_of_other_targets_does_not_count() {
    let found = cycles([
        ("src/lib.rs", "mod a; mod b; #[cfg(test)] mod tests;"),
        ("src/a.rs", "pub struct X; #[cfg(test)] use crate::b::g;"),
        (
            "src/b.rs",
            "use crate::a::X; pub fn g(_: X) {}
             #[cfg(mirage_target = \"spt\")] use crate::c::Y;",
        ),
    ]);
    assert!(found.is_empty(), "{found:?}");
}

/// A function and a module may share a name, and a variable has that of a function.
#[test]
fn names_are_told_apart() {
    let found = cycles([
        (
            "src/lib.rs",
            "mod a; mod b; pub use a::f; pub fn a() { let f = 1; drop(f) }",
        ),
        ("src/a.rs", "use crate::b::X; pub fn f(_: X) { crate::a() }"),
        ("src/b.rs", "pub struct X; fn g() { let _ = crate::a::h; }"),
    ]);
    assert!(found.is_empty(), "{found:?}");
}
