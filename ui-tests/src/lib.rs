//! Programs that `#[unikernel]` accepts and rejects: see `tests/`. The code in the README and in the
//! book is compiled here as documentation tests.
#![no_std]

pub mod cache;

/// Compiles the code in each page as documentation tests.
macro_rules! pages {
    ($($name:ident $path:literal)*) => {
        $(
            #[cfg(doctest)]
            #[doc = include_str!($path)]
            pub mod $name {}
        )*
    };
}

pages! {
    readme "../../README.md"
    introduction "../../docs/src/introduction.md"
    quick_start "../../docs/src/quick-start.md"
    language "../../docs/src/language.md"
    applications "../../docs/src/applications.md"
    programming "../../docs/src/programming.md"
    testing "../../docs/src/testing.md"
    tutorial "../../docs/src/tutorial.md"
    tool "../../docs/src/tool.md"
    errors "../../docs/src/errors/README.md"
    how_it_works "../../docs/src/how-it-works.md"
    targets "../../docs/src/targets.md"
}
