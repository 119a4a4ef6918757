//! The minimum memory of a unikernel, part by part.

use crate::{size, target::Target, text::Text};

/// The memory of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Need<Name = &'static str> {
    /// The part: a node, or one of [`MACHINE`], [`STACK`], [`MAIN_THREAD`], [`THREADS`], [`HEAP`], [`FILES`] and
    /// [`IMAGE`].
    pub what: Name,
    /// Its memory, in bytes.
    pub bytes: u64,
}

/// The memory of a machine without devices: the range below the image, and the runtime.
pub const MACHINE: &str = "machine";

/// The stack on which all tasks are polled.
pub const STACK: &str = "stack";

/// The stack of the main thread of a program with std.
pub const MAIN_THREAD: &str = "main thread";

/// The stacks of its other threads.
pub const THREADS: &str = "threads";

/// The minimum heap of the program.
pub const HEAP: &str = "heap";

/// The files that are compiled into the image.
pub const FILES: &str = "root files";

/// What the image has of its own, which only linking determines: code, data, and stacks for
/// exceptions.
pub const IMAGE: &str = "image";

/// The maximum number of lines of a table. The smallest parts share the last one.
const LINES: usize = 12;

/// The text of a table.
pub type Table = Text<1024>;

impl<Name> Need<Name> {
    /// A part that needs `bytes`.
    pub const fn new(what: Name, bytes: u64) -> Self {
        Self { what, bytes }
    }
}

impl Need {
    /// The memory of a machine without devices.
    pub const fn for_machine(target: Target) -> Self {
        Self::new(MACHINE, target.base_memory())
    }
}

/// The sum of all parts as they are displayed; `u64::MAX` if it is larger.
pub const fn total<Name>(needs: &[Need<Name>]) -> u64 {
    let mut total = 0;
    let mut index = 0;
    while index < needs.len() {
        total = whole(needs[index].bytes).saturating_add(total);
        index += 1;
    }
    total
}

/// The needs, largest first, a line for each:
///
/// ```
/// use mirage_graph::need::{Need, table};
///
/// let needs = [Need::new("stack", 128 << 10), Need::new("http", 1 << 20)];
/// assert_eq!(table(&needs).as_str(), "    1MiB for http\n  128KiB for stack");
/// ```
pub const fn table(needs: &[Need<&str>]) -> Table {
    let mut text = Table::new();
    let mut rest = total(needs);
    let mut lines = 0;
    let mut last = None;
    while lines < LINES && rest > 0 {
        let Some(index) = next(needs, last) else {
            break;
        };
        text = line(text, needs[index].bytes, needs[index].what);
        rest = rest.saturating_sub(whole(needs[index].bytes));
        last = Some(index);
        lines += 1;
    }
    if rest > 0 {
        text = line(text, rest, "all others");
    }
    text
}

/// The largest part after the one at `last`.
const fn next(needs: &[Need<&str>], last: Option<usize>) -> Option<usize> {
    let mut largest: Option<usize> = None;
    let mut index = 0;
    while index < needs.len() {
        let bytes = needs[index].bytes;
        let is_behind = match last {
            None => true,
            Some(last) => bytes < needs[last].bytes || bytes == needs[last].bytes && index > last,
        };
        let is_larger = match largest {
            None => bytes > 0,
            Some(largest) => bytes > needs[largest].bytes,
        };
        if is_behind && is_larger {
            largest = Some(index);
        }
        index += 1;
    }
    largest
}

const fn line(text: Table, bytes: u64, what: &str) -> Table {
    let size = Text::<32>::new().with_size(whole(bytes));
    let mut text = text.with(if text.length() > 0 { "\n" } else { "" });
    let mut width = size.length();
    while width < 8 {
        text = text.with(" ");
        width += 1;
    }
    text.with(size.as_str()).with(" for ").with(what)
}

/// Rounds up to a whole number of KiB, as sizes are displayed.
pub const fn whole(bytes: u64) -> u64 {
    round_up(bytes, 1 << 10)
}

/// Rounds up, or down if the result would overflow.
const fn round_up(bytes: u64, unit: u64) -> u64 {
    match bytes.checked_next_multiple_of(unit) {
        Some(bytes) => bytes,
        None => bytes / unit * unit,
    }
}

/// The smallest `memory` that holds `bytes`: a whole number of MiB.
pub const fn declarable(bytes: u64) -> u64 {
    let bytes = round_up(bytes, 1 << 20);
    if bytes < size::MIN_MEMORY {
        size::MIN_MEMORY
    } else {
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{string::String, vec::Vec};

    #[test]
    fn a_table_has_the_largest_needs_first_and_each_once() {
        const NEEDS: [Need; 5] = [
            Need::new("stack", 128 << 10),
            Need::new("a", 4096),
            Need::new("nothing", 0),
            Need::new("b", 4096),
            Need::new("http", (3 << 20) + 1),
        ];
        const TABLE: Table = table(&NEEDS);
        let lines = [
            " 3073KiB for http\n",
            "  128KiB for stack\n",
            "    4KiB for a\n",
            "    4KiB for b",
        ];
        assert_eq!(TABLE.as_str(), lines.concat());
        assert_eq!(total(&NEEDS), (3 << 20) + (137 << 10));
    }

    #[test]
    fn of_many_needs_the_smallest_are_one() {
        let names: Vec<String> = (0..20).map(|index| alloc::format!("port{index}")).collect();
        let needs: Vec<_> = names
            .iter()
            .map(|name| Need::new(name.as_str(), 2048))
            .collect();
        let table = table(&needs);
        assert_eq!(table.as_str().lines().count(), LINES + 1);
        assert!(
            table.as_str().ends_with("   16KiB for all others"),
            "{}",
            table.as_str()
        );
    }

    #[test]
    fn what_can_be_declared_is_whole_and_enough() {
        assert_eq!(declarable(1), size::MIN_MEMORY);
        assert_eq!(declarable((5 << 20) + 1), 6 << 20);
        assert_eq!(declarable(5 << 20), 5 << 20);
    }

    #[test]
    fn more_than_a_number_holds_is_as_much_as_it_holds() {
        let needs = [Need::new("a", u64::MAX), Need::new("b", u64::MAX)];
        assert_eq!(total(&needs), u64::MAX);
        assert_eq!(declarable(u64::MAX), u64::MAX - (1 << 20) + 1);
        assert!(table(&needs).as_str().ends_with("KiB for b"));
    }
}
