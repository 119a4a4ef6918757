//! Finds the known name that is most similar to an unknown one.

use alloc::vec::Vec;

/// Returns the name among `known` that is nearest to `name`, if at most half of it would have to be
/// changed.
///
/// ```
/// use mirage_graph::nearest::nearest;
///
/// assert_eq!(nearest("gatewy", ["ip", "gateway"]), Some("gateway"));
/// assert_eq!(nearest("dns", ["ip", "gateway"]), None);
/// ```
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let distances = known
        .into_iter()
        .map(|known| (distance(name, known), known));
    let (distance, nearest) = distances.min_by_key(|(distance, _)| *distance)?;
    (distance * 2 <= nearest.len()).then_some(nearest)
}

/// The Levenshtein distance in bytes: how many must be added, removed or replaced to turn one text
/// into the other.
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, left) in one.bytes().enumerate() {
        let mut diagonal = index;
        row[0] = index + 1;
        for (column, right) in other.bytes().enumerate() {
            let replaced = diagonal + usize::from(left != right);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_counted() {
        for (one, other, count) in [
            ("", "", 0),
            ("", "abc", 3),
            ("--prt", "--port", 1),
            ("--prot", "--port", 2),
            ("kitten", "sitting", 3),
            ("flaw", "lawn", 2),
        ] {
            assert_eq!(distance(one, other), count, "{one} {other}");
            assert_eq!(distance(other, one), count, "{other} {one}");
        }
    }

    #[test]
    fn what_is_too_far_is_not_suggested() {
        assert_eq!(nearest("prt", ["help", "port"]), Some("port"));
        assert_eq!(nearest("pineapple", ["help", "port"]), None);
        assert_eq!(nearest("port", []), None);
    }
}
