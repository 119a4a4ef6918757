//! The owner of a symbol.

use rustc_demangle::try_demangle;

/// Returns the crate of the symbol `name`, or a description if it has none.
pub fn from_symbol(name: &str) -> String {
    match try_demangle(name) {
        Ok(path) => first_crate(&format!("{path:#}")).into(),
        Err(_) if name.starts_with("anon.") || name.starts_with(".L") => "constants".into(),
        Err(_) => "symbols of other languages".into(),
    }
}

/// Returns the crate of the first path in a demangled name: that of the function, or of the type or
/// trait of a method. `<&mut W as core::fmt::Write>::write_str` belongs to `core`.
fn first_crate(path: &str) -> &str {
    path.split(|letter: char| !letter.is_alphanumeric() && !"_:".contains(letter))
        .filter_map(|word| word.split_once("::"))
        .map(|(first, _)| first)
        .find(|first| !first.is_empty())
        .unwrap_or("symbols without a crate")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_manglings_name_the_crate() {
        for (symbol, owner) in [
            ("_ZN4core3fmt5write17h0123456789abcdefE", "core"),
            (
                "_ZN58_$LT$alloc..string..String$u20$as$u20$core..fmt..Write$GT$9write_str17h0123456789abcdefE",
                "alloc",
            ),
            ("_RNvCs1234_7mycrate4main", "mycrate"),
            ("memcpy", "symbols of other languages"),
            ("anon.5f0e8d6e4b2f.12.llvm.123", "constants"),
        ] {
            assert_eq!(from_symbol(symbol), owner, "{symbol}");
        }
    }

    #[test]
    fn a_method_is_of_the_first_crate_that_is_named() {
        for (path, owner) in [
            ("<&mut W as core::fmt::Write>::write_str", "core"),
            ("<u32 as core::fmt::Display>::fmt", "core"),
            ("<smoltcp::iface::Interface>::poll", "smoltcp"),
            ("http::main::{closure#0}", "http"),
            ("core::ptr::drop_in_place::<http::Page>", "core"),
            ("main", "symbols without a crate"),
        ] {
            assert_eq!(first_crate(path), owner, "{path}");
        }
    }
}
