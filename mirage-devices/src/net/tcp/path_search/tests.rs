//! What is probed, and what follows from it.

use super::*;
use core::time::Duration;
use std::vec::Vec;

/// Sequence numbers wrap in each test.
const START: SeqNumber = SeqNumber(u32::MAX - 3000);

/// Searches on a path that carries segments of `limit` bytes. Returns the sizes of the probes.
fn search(search: &mut PathSearch, limit: u32, now: Instant) -> Vec<u32> {
    let (mut una, mut sizes) = (search.resumes_at, Vec::new());
    while let Some(size) = search.due(una, now) {
        sizes.push(size);
        search.on_sent(PathProbe { start: una, size });
        assert_eq!(search.due(una, now), None, "one at a time");
        let end = una + size;
        if size > limit {
            search.on_lost(end + 1000, now);
            assert_eq!(search.due(end, now), None, "until all is acknowledged");
        } else {
            assert!(!search.on_acknowledged(end - 1, now));
            assert!(search.on_acknowledged(end, now));
        }
        una = end + 1000;
    }
    sizes
}

/// Segments of 1448 bytes are lost, those of 1228 are to be tried.
fn black_hole(now: Instant) -> PathSearch {
    PathSearch::after_black_hole(None, 1448, 1228, START, true, now)
}

#[test]
fn the_largest_size_is_found() {
    let now = Instant::BOOT + Duration::from_secs(9);
    for limit in [1228, 1259, 1260, 1300, 1400, 1447, 1448] {
        let mut path = black_hole(now);
        assert_eq!(path.size(), 1228);
        let probes = search(&mut path, limit, now).len();
        let size = path.size();
        assert!(size <= limit && limit - size < PRECISION, "{path:?}");
        // One of the size before, and three of each of the others.
        assert!(probes <= 1 + 3 * 3, "{probes}");
    }
}

/// A path that was down carries what it did before.
#[test]
fn the_size_before_is_probed_first() {
    let mut path = black_hole(Instant::BOOT);
    assert_eq!(search(&mut path, 1448, Instant::BOOT), [1448]);
    assert!(path.has_ended());
}

#[test]
fn a_size_is_too_large_after_three_losses() {
    let mut path = black_hole(Instant::BOOT);
    let sizes = search(&mut path, 1228, Instant::BOOT);
    assert_eq!(sizes[..5], [1448, 1338, 1338, 1338, 1283]);
}

/// Neither a size that has passed nor one that has not is known.
#[test]
fn a_probe_that_is_forgotten_is_repeated() {
    let mut path = black_hole(Instant::BOOT);
    for round in 0..9 {
        let una = START + round * 5000;
        assert_eq!(path.due(una, Instant::BOOT), Some(1448));
        path.on_sent(PathProbe {
            start: una,
            size: 1448,
        });
        path.forget_probe(una + 5000);
        assert_eq!(path.due(una + 4999, Instant::BOOT), None);
        assert!(!path.on_acknowledged(una + 4999, Instant::BOOT));
    }
}

#[test]
fn a_path_that_becomes_wider_is_used_after_ten_minutes() {
    let mut now = Instant::BOOT;
    let mut path = black_hole(now);
    search(&mut path, 1300, now);
    let size = path.size();
    now = now + Duration::from_secs(599);
    assert_eq!(path.due(START, now), None);
    now = now + Duration::from_secs(2);
    // It has not become wider yet.
    assert_eq!(search(&mut path, 1300, now)[..3], [1448; 3]);
    assert_eq!(path.size(), size);
    now = now + Duration::from_secs(601);
    assert_eq!(search(&mut path, 1448, now), [1448]);
    assert!(path.has_ended());
}

/// The path was down for a while: smaller sizes were in vain, and the first one is tried again at once.
#[test]
fn a_series_of_timeouts_keeps_the_size_before_it() {
    let now = Instant::BOOT;
    let mut path = black_hole(now);
    for (size, base) in [(1228, 972), (972, 500)] {
        path = PathSearch::after_black_hole(Some(&path), size, base, START, true, now);
        assert_eq!((path.size(), path.full), (base, 1448));
    }
    assert_eq!(search(&mut path, 1448, now), [1448]);
    // A size that was found is probed first if the path drops it later.
    let mut path = black_hole(now);
    search(&mut path, 1400, now);
    let found = path.size();
    let mut path = PathSearch::after_black_hole(Some(&path), found, 1228, START, true, now);
    assert_eq!(search(&mut path, 1400, now), [found]);
    assert!(!path.has_ended());
}

/// Losses cost a timeout then: the full size is tried every ten minutes, and nothing between.
#[test]
fn without_selective_acknowledgments_only_the_full_size_is_probed() {
    let mut now = Instant::BOOT;
    let mut path = PathSearch::after_black_hole(None, 1448, 1228, START, false, now);
    assert_eq!(search(&mut path, 1400, now), []);
    for _ in 0..3 {
        now = now + Duration::from_secs(601);
        assert_eq!(search(&mut path, 1400, now), [1448]);
    }
    now = now + Duration::from_secs(601);
    assert_eq!(search(&mut path, 1448, now), [1448]);
    assert!(path.has_ended());
}

/// The router behind the black hole reports what it forwards: that is probed before anything else.
#[test]
fn a_reported_size_is_probed() {
    let now = Instant::BOOT;
    let mut path = black_hole(now);
    path.limit(1380, now);
    assert_eq!(search(&mut path, 1380, now), [1380]);
    path.limit(1300, now);
    assert_eq!(path.size(), 1380, "what is in use is not made smaller here");
    assert_eq!(search(&mut path, 1380, now), []);
}

/// A report counts for ten minutes, as a result of the search does.
#[test]
fn a_reported_size_is_exceeded_after_ten_minutes() {
    let mut now = Instant::BOOT;
    let mut path = PathSearch::after_report(None, 1448, 1300, START, now);
    assert_eq!(search(&mut path, 1300, now), []);
    now = now + Duration::from_secs(601);
    let full = path.due(START, now).expect("it is due");
    assert_eq!(full, 1448);
    path.on_sent(PathProbe {
        start: START,
        size: full,
    });
    path.limit(1300, now);
    path.on_lost(START + full, now);
    assert_eq!(search(&mut path, 1300, now), []);
    now = now + Duration::from_secs(601);
    assert_eq!(search(&mut path, 1448, now), [1448]);
    assert!(path.has_ended());
}

/// A link whose MTU has become smaller.
#[test]
fn nothing_larger_than_the_link_is_probed() {
    let now = Instant::BOOT;
    let mut path = black_hole(now);
    path.limit_full(1400);
    assert_eq!(search(&mut path, 1448, now), [1400]);
    assert!(path.has_ended());
    let mut path = black_hole(now);
    path.limit_full(1000);
    assert_eq!(path.size(), 1000);
    assert!(path.has_ended());
    assert_eq!(path.due(START, now), None);
}
