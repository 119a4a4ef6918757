//! Our own network stack at a TAP device.

use crate::harness::{Place, namespace::Namespace, trials, wrk};
use libtest_mimic::Trial;

/// The tests.
pub fn list() -> Vec<Trial> {
    trials(
        &Place::ALL,
        [
            ("tap::answers_ping_and_curl", answers_ping_and_curl),
            ("tap::answers_200_clients", answers_200_clients),
            ("tap::survives_a_pulled_cable", survives_a_pulled_cable),
        ],
    )
    .collect()
}

fn answers_ping_and_curl(place: Place) {
    let http = Namespace::with("http", place);
    let pings = http.output(&["ping", "-c", "3", "-W", "30", "10.0.0.2"]);
    assert!(pings.contains(" 0% packet loss"), "{pings}");
    assert_page(&http);
}

fn answers_200_clients(place: Place) {
    let http = Namespace::with("http", place);
    let report = http.output(&[
        "wrk",
        "--threads",
        "2",
        "--connections",
        "200",
        "--duration",
        "3s",
        "--timeout",
        "30s",
        "http://10.0.0.2/",
    ]);
    wrk::answered(&report);
}

fn survives_a_pulled_cable(place: Place) {
    let http = Namespace::with("http", place);
    assert_page(&http);
    http.output(&["ip", "link", "set", "dev", "tap0", "down"]);
    http.output(&["ip", "link", "set", "dev", "tap0", "up"]);
    assert_page(&http);
}

fn assert_page(http: &Namespace) {
    let page = http.output(&["curl", "--silent", "--show-error", "http://10.0.0.2/"]);
    assert!(page.contains("It answers"), "{page}");
}
