//! The reports of wrk.

/// How many requests were answered.
///
/// # Panics
/// If it is none, or one was not answered, or not with success.
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
