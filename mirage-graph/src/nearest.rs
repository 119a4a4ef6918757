//! Finds the known name that is most similar to an unknown one.

use alloc::vec::Vec;

/// Returns the name among `known` that is nearest to `name`, if at most a third of it differs, or else one that
/// is a word of it. Capitals and hyphens do not count.
///
/// ```
/// use mirage_graph::nearest::nearest;
///
/// assert_eq!(nearest("gatewy", ["ip", "gateway"]), Some("gateway"));
/// assert_eq!(nearest("net_ip", ["ip", "gateway"]), Some("ip"));
/// assert_eq!(nearest("dns", ["ip", "gateway"]), None);
/// ```
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let known: Vec<_> = known.into_iter().collect();
    let distances = known
        .iter()
        .map(|known| (distance(name.as_bytes(), known.as_bytes()), *known));
    let (distance_of_nearest, nearest) = distances.min_by_key(|(distance, _)| *distance)?;
    if distance_of_nearest <= name.len().max(3) / 3 && distance_of_nearest < nearest.len() {
        return Some(nearest);
    }
    let mut words = name.as_bytes().rsplit(|byte| folded(*byte) == b'_');
    let is_word = |word: &[u8], known: &str| distance(word, known.as_bytes()) == 0;
    words.find_map(|word| known.iter().copied().find(|known| is_word(word, known)))
}

/// A byte in lower case, with `_` for a hyphen.
const fn folded(byte: u8) -> u8 {
    match byte {
        b'-' => b'_',
        other => other.to_ascii_lowercase(),
    }
}

/// The distance of two names in bytes: how many must be added, removed, replaced or swapped with the next to
/// turn one into the other. Capitals are small letters, and a hyphen is an underscore.
fn distance(one: &[u8], other: &[u8]) -> usize {
    let is_same = |one: u8, other: u8| folded(one) == folded(other);
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for (index, left) in one.iter().enumerate() {
        let mut row = Vec::with_capacity(last.len());
        row.push(index + 1);
        for (column, right) in other.iter().enumerate() {
            let replaced = last[column] + usize::from(!is_same(*left, *right));
            let mut least = replaced.min(last[column + 1] + 1).min(row[column] + 1);
            let is_swapped = index > 0
                && column > 0
                && is_same(one[index - 1], *right)
                && is_same(other[column - 1], *left);
            if is_swapped {
                least = least.min(before[column - 1] + 1);
            }
            row.push(least);
        }
        before = core::mem::replace(&mut last, row);
    }
    last[other.len()]
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
            ("--prot", "--port", 1),
            ("kitten", "sitting", 3),
            ("flaw", "lawn", 2),
        ] {
            let [left, right] = [one, other].map(str::as_bytes);
            assert_eq!(distance(left, right), count, "{one} {other}");
            assert_eq!(distance(right, left), count, "{other} {one}");
        }
    }

    #[test]
    fn what_is_too_far_is_not_suggested() {
        assert_eq!(nearest("prt", ["help", "port"]), Some("port"));
        assert_eq!(nearest("TCP", ["udp", "tcp"]), Some("tcp"));
        assert_eq!(
            nearest("conflict-detection", ["conflict_detection"]),
            Some("conflict_detection")
        );
        assert_eq!(
            nearest("Web_Cache", ["cache", "web_cache"]),
            Some("web_cache")
        );
        assert_eq!(
            nearest("htp_cache", ["cache", "http_cache"]),
            Some("http_cache")
        );
        assert_eq!(nearest("verbos", ["error", "debug"]), None);
        assert_eq!(nearest("pineapple", ["help", "port"]), None);
        assert_eq!(nearest("port", []), None);
    }
}
