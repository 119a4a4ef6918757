//! The reports of wrk.

/// Returns the number of requests that were answered.
///
/// # Panics
/// Panics if it is 0, or if a request failed.
pub fn answered(report: &str) -> u64 {
    for trouble in ["Socket errors", "Non-2xx"] {
        assert!(!report.contains(trouble), "{report}");
    }
    let requests = report
        .lines()
        .find_map(|line| line.trim().split_once(" requests in "))
        .and_then(|(number, _)| number.parse().ok());
    requests
        .filter(|number| *number > 0)
        .unwrap_or_else(|| panic!("{report}"))
}
