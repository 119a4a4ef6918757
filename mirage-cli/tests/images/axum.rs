//! The example `axum`: a program with std, tokio and axum.

use crate::harness::{Runner, Running, client, trials, wrk};
use libtest_mimic::Trial;
use std::net::SocketAddr;

/// The tests.
pub fn list() -> Vec<Trial> {
    trials(
        &Runner::ALL,
        [
            ("axum::answers_curl", answers_curl),
            ("axum::keeps_the_connection", keeps_the_connection),
            ("axum::answers_wrk", answers_wrk),
        ],
    )
    .collect()
}

fn start(runner: Runner) -> Running {
    Running::start("axum-example", runner, &[80])
}

/// Expects the answers of the example at `address`.
pub fn answers(address: SocketAddr) {
    let get = |path| {
        let url = format!("http://{address}{path}");
        let format = [
            "--silent",
            "--show-error",
            "--write-out",
            "%{http_code}",
            &url,
        ];
        client::run("curl", &format)
    };
    assert_eq!(get("/"), "hello from axum\n200");
    assert_eq!(get("/world"), "hello, world\n200");
    assert_eq!(get("/no/where"), "404");
}

fn answers_curl(runner: Runner) {
    answers(start(runner).address(80));
}

fn keeps_the_connection(runner: Runner) {
    let axum = start(runner);
    let url = format!("http://{}/", axum.address(80));
    let format = [
        "--silent",
        "--output",
        "/dev/null",
        "--write-out",
        "%{num_connects} ",
    ];
    let text = client::run(
        "curl",
        &[&format[..], &[&url, "--output", "/dev/null", &url]].concat(),
    );
    assert_eq!(text, "1 0 ");
}

fn answers_wrk(runner: Runner) {
    let axum = start(runner);
    let url = format!("http://{}/", axum.address(80));
    let options = ["--threads", "2", "--connections", "200", "--duration", "3s"];
    let text = client::run("wrk", &[&options[..], &["--timeout", "30s", &url]].concat());
    wrk::answered(&text);
}
