//! Applications of several unikernels: their plans, and the programs of their unikernels.

/// The unikernels of an application, and the links between them. [`application!`](crate::application) defines it
/// as the constant `PLAN`.
///
/// Its functions are for assertions that hold while the compiler runs:
///
/// ```
/// mod plan {
///     mirage_rt::application! {
///         name = "shop",
///         networks(back(ip = "10.0.1.0/24")),
///         unikernels(
///             api(back, tcp(rpc = 7000)),
///             db(back, tcp(sql = 5432)),
///         ),
///         links(outside -> api.rpc, api -> db.sql),
///     }
///
///     const _: () = assert!(PLAN.connects("api", "db"));
///     const _: () = assert!(!PLAN.connects("outside", "db"), "nobody outside reaches the database");
/// }
/// # fn main() {}
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// The application's name.
    pub name: &'static str,
    /// The names of its networks.
    pub networks: &'static [&'static str],
    /// The names of its unikernels.
    pub unikernels: &'static [&'static str],
    /// The links, from a unikernel or `outside` to another one.
    pub links: &'static [(&'static str, &'static str)],
}

impl Plan {
    /// Returns whether a link leads from `from` to `to`, each the name of a unikernel or `outside`.
    ///
    /// # Panics
    /// Panics if the plan has no unikernel with one of the names.
    pub const fn connects(&self, from: &str, to: &str) -> bool {
        assert!(
            self.has(from) && self.has(to),
            "no such unikernel in the plan"
        );
        let mut index = 0;
        while index < self.links.len() {
            let (start, end) = self.links[index];
            if same(start, from) && same(end, to) {
                return true;
            }
            index += 1;
        }
        false
    }

    const fn has(&self, name: &str) -> bool {
        let mut index = 0;
        while index < self.unikernels.len() {
            if same(self.unikernels[index], name) {
                return true;
            }
            index += 1;
        }
        same(name, mirage_graph::application::OUTSIDE)
    }
}

const fn same(left: &str, right: &str) -> bool {
    crate::graph::same(left.as_bytes(), right.as_bytes())
}

/// Makes a program of a unikernel in a library, whose function has `#[unikernel(PATH)]` with the path of a unikernel
/// in a plan. It is the whole of the program's `src/main.rs` or `src/bin/NAME.rs`:
///
/// ```ignore
/// #![no_std]
/// #![cfg_attr(not(test), no_main)]
///
/// mirage_rt::image!(shop::web::main);
/// ```
#[macro_export]
macro_rules! image {
    ($unikernel:ty) => {
        // For a crate without `#![no_main]`: the error about its return type names what is missing.
        #[cfg(not(test))]
        fn main() -> $crate::no_main::Main {
            ::core::default::Default::default()
        }
        const _: () = {
            #[cfg(not(test))]
            const _: fn() -> $crate::no_main::Main = main;
            const IMAGE: $crate::graph::Image = <$unikernel as $crate::graph::Unikernel>::IMAGE;
            const MANIFEST: &[$crate::graph::Piece] =
                <$unikernel as $crate::graph::Unikernel>::MANIFEST;
            #[used]
            #[unsafe(link_section = ".note.mirage")]
            static NOTE: $crate::graph::Note<{ $crate::graph::length(MANIFEST) }> =
                $crate::graph::note(MANIFEST);
            $crate::__entry!(IMAGE, <$unikernel as $crate::graph::Unikernel>::start());
        };
    };
}

#[cfg(test)]
mod tests {
    use super::Plan;

    const PLAN: Plan = Plan {
        name: "shop",
        networks: &["front"],
        unikernels: &["web", "db"],
        links: &[("outside", "web"), ("web", "db")],
    };

    #[test]
    fn links_have_a_direction() {
        assert!(PLAN.connects("outside", "web"));
        assert!(PLAN.connects("web", "db"));
        assert!(!PLAN.connects("db", "web"));
        assert!(!PLAN.connects("outside", "db"));
    }

    #[test]
    #[should_panic(expected = "no such unikernel in the plan")]
    fn a_name_that_is_misspelt_is_no_answer() {
        PLAN.connects("wbe", "db");
    }
}
