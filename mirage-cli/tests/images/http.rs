//! The example `http`, with curl, wrk and clients that violate the protocol.

mod raw;

use crate::harness::{Runner, Running, client, trials, wrk};
use libtest_mimic::Trial;
use raw::{Connection, Response};
use std::{
    net::SocketAddr,
    sync::{Arc, Barrier},
    thread,
};

const PAGE: &str = include_str!("../../../examples/http/src/page.html");
const GET: &str = "GET / HTTP/1.1\r\nHost: here\r\n\r\n";

/// The tests.
pub fn list() -> Vec<Trial> {
    trials(
        &Runner::ALL,
        [
            ("http::answers_curl", answers_curl),
            ("http::keeps_the_connection", keeps_the_connection),
            (
                "http::takes_many_requests_at_once",
                takes_many_requests_at_once,
            ),
            ("http::refuses_garbage", refuses_garbage),
            (
                "http::answers_slow_and_half_closed_clients",
                answers_slow_and_half_closed_clients,
            ),
            (
                "http::survives_clients_that_go_away",
                survives_clients_that_go_away,
            ),
            (
                "http::answers_200_clients_at_once",
                answers_200_clients_at_once,
            ),
            ("http::answers_wrk", answers_wrk),
        ],
    )
    .collect()
}

/// Expects the page from the example at `address`.
pub fn serves_the_page(address: SocketAddr) {
    let mut connection = Connection::open(address);
    connection.send(GET);
    assert_eq!(connection.response(), Response::page(PAGE));
}

fn start(runner: Runner) -> Running {
    Running::start("http", runner, &[80])
}

/// Returns status and body, requested by curl.
fn curl(http: &Running, path: &str, options: &[&str]) -> (String, String) {
    let url = format!("http://{}{path}", http.address(80));
    let format = [
        "--silent",
        "--show-error",
        "--write-out",
        "\n%{http_code}",
        &url,
    ];
    let text = client::run("curl", &[&format, options].concat());
    let (body, status) = text.rsplit_once('\n').expect("the format has a line's end");
    (status.into(), body.into())
}

fn answers_curl(runner: Runner) {
    let http = start(runner);
    assert_eq!(curl(&http, "/", &[]), ("200".into(), PAGE.into()));
    assert_eq!(curl(&http, "/", &["--head"]).0, "200");
    assert_eq!(curl(&http, "/nowhere", &[]).0, "404");
    assert_eq!(curl(&http, "/", &["--data", "x=1"]).0, "405");
    let body = "x".repeat(64 * 1024 + 1);
    let headers = ["--header", "Expect:", "--data", &body];
    assert_eq!(curl(&http, "/", &headers).0, "413");
    assert_eq!(
        curl(&http, "/", &["--header", "Content-Length: no"]).0,
        "400"
    );
}

fn keeps_the_connection(runner: Runner) {
    let http = start(runner);
    let url = format!("http://{}/", http.address(80));
    let format = ["--silent", "--write-out", "connections: %{num_connects}\n"];
    let text = client::run("curl", &[format.as_slice(), &[&url, &url]].concat());
    let made: Vec<_> = text
        .lines()
        .filter_map(|line| line.split_once("connections: "))
        .map(|(_, number)| number)
        .collect();
    assert_eq!(made, ["1", "0"], "{text}");
}

fn takes_many_requests_at_once(runner: Runner) {
    let http = start(runner);
    let mut connection = Connection::open(http.address(80));
    let post = "POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 3\r\n\r\nabc";
    let last = "GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n";
    connection.send(&[GET, post, GET, last].concat());
    let statuses = [200, 405, 200, 200].map(|_| connection.response().status);
    assert_eq!(statuses, [200, 405, 200, 200]);
    connection.read_to_end();
}

fn refuses_garbage(runner: Runner) {
    let http = start(runner);
    for garbage in [
        "\u{1}\u{2}\u{3}\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET\r\n\r\n",
    ] {
        let mut connection = Connection::open(http.address(80));
        connection.send(garbage);
        assert_eq!(connection.response().status, 400, "{garbage:?}");
        connection.read_to_end();
    }
    assert_eq!(curl(&http, "/", &[]).0, "200");
}

fn answers_slow_and_half_closed_clients(runner: Runner) {
    let http = start(runner);
    let mut slow = Connection::open(http.address(80));
    for letter in GET.chars() {
        slow.send(&letter.to_string());
    }
    assert_eq!(slow.response(), Response::page(PAGE));
    let mut half = Connection::open(http.address(80));
    half.send(GET);
    half.send_no_more();
    assert_eq!(half.response(), Response::page(PAGE));
    half.read_to_end();
}

fn survives_clients_that_go_away(runner: Runner) {
    let http = start(runner);
    for _ in 0..20 {
        let mut connection = Connection::open(http.address(80));
        connection.send(&GET[..GET.len() / 2]);
    }
    assert_eq!(curl(&http, "/", &[]).0, "200");
}

fn answers_200_clients_at_once(runner: Runner) {
    let http = start(runner);
    let address = http.address(80);
    let together = Arc::new(Barrier::new(200));
    let clients: Vec<_> = (0..200)
        .map(|_| {
            let together = Arc::clone(&together);
            thread::spawn(move || {
                let mut connection = Connection::open(address);
                // All are connected before the first request.
                together.wait();
                connection.send(GET);
                // No client disconnects before all have a response.
                (connection.response(), connection)
            })
        })
        .collect();
    let answered: Vec<_> = clients
        .into_iter()
        .map(|client| client.join().expect("a client that is answered"))
        .collect();
    for (response, _) in answered {
        assert_eq!(response, Response::page(PAGE));
    }
}

fn answers_wrk(runner: Runner) {
    let http = start(runner);
    let url = format!("http://{}/", http.address(80));
    let options = ["--threads", "2", "--connections", "200", "--duration", "3s"];
    let text = client::run("wrk", &[&options[..], &["--timeout", "30s", &url]].concat());
    wrk::answered(&text);
}
