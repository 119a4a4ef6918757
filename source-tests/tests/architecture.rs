//! Code that depends on the processor is in `mirage-rt/src/arch`, so that another processor is a second
//! directory.

use proc_macro2::{TokenStream, TokenTree};
use source_tests::workspace;
use std::fmt::Write;

#[test]
fn only_arch_depends_on_the_processor() {
    let mut found = String::new();
    for (path, text) in workspace::files() {
        if path.starts_with("mirage-rt/src") && !path.starts_with("mirage-rt/src/arch") {
            let tokens: TokenStream = text.parse().expect("Rust");
            for line in lines_of_processor(tokens) {
                let _ = writeln!(found, "{}:{line}", path.display());
            }
        }
    }
    assert!(found.is_empty(), "\n{found}");
}

/// Returns the lines with assembly, `core::arch`, or the name of an architecture.
fn lines_of_processor(tokens: TokenStream) -> Vec<usize> {
    let mut lines = Vec::new();
    let mut path = String::new();
    for token in tokens {
        match token {
            TokenTree::Ident(name) => {
                let text = name.to_string();
                let is_assembly = ["asm", "global_asm", "naked_asm"].contains(&text.as_str());
                let is_arch = text == "arch" && ["core::", "std::"].contains(&path.as_str());
                let is_named = ["x86_64", "aarch64", "target_arch"].contains(&text.as_str());
                if is_assembly || is_arch || is_named {
                    lines.push(name.span().start().line);
                }
                if !path.ends_with("::") {
                    path.clear();
                }
                path.push_str(&text);
            }
            TokenTree::Punct(mark) if mark.as_char() == ':' => path.push(':'),
            TokenTree::Group(group) => {
                path.clear();
                lines.extend(lines_of_processor(group.stream()));
            }
            _ => path.clear(),
        }
    }
    lines
}

#[test]
fn the_processor_is_recognised() {
    let lines = |text: &str| lines_of_processor(text.parse().expect("tokens"));
    assert_eq!(lines("fn f() {\n unsafe { asm!(\"hlt\") } }"), [2]);
    assert_eq!(lines("use core::arch::x86_64::_rdtsc;"), [1, 1]);
    assert_eq!(lines("use x86_64::registers;"), [1]);
    assert!(lines("use crate::arch::now; // asm!\n const X: &str = \"x86_64\";").is_empty());
}
