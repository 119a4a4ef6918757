//! The reports of wrk.

/// Every request was answered, and with success.
///
/// # Panics
/// If the report says otherwise.
pub fn flawless(report: &str) {
    let requests = report
        .lines()
        .find_map(|line| line.trim().split_once(" requests in "))
        .and_then(|(number, _)| number.parse::<u64>().ok());
    assert!(requests > Some(0), "{report}");
    for trouble in ["Socket errors", "Non-2xx"] {
        assert!(!report.contains(trouble), "{report}");
    }
}
