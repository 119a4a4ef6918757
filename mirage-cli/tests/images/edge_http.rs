//! The example `edge-http`, with curl.

use crate::harness::{Runner, Running, client, trials};
use libtest_mimic::Trial;
use std::{
    io::{Read, Write},
    net::SocketAddr,
};

/// The tests.
pub fn list() -> Vec<Trial> {
    trials(
        &Runner::ALL,
        [
            ("edge_http::answers_curl", answers_curl as fn(Runner)),
            ("edge_http::keeps_the_connection", keeps_the_connection),
            (
                "edge_http::silent_clients_give_way",
                silent_clients_give_way,
            ),
        ],
    )
    .collect()
}

fn start(runner: Runner) -> Running {
    Running::start("edge-http-server", runner, &[80])
}

/// Returns status and body, requested by curl.
fn curl(address: SocketAddr, path: &str, options: &[&str]) -> (String, String) {
    let url = format!("http://{address}{path}");
    let format = ["--silent", "--show-error", "--write-out", "\n%{http_code}"];
    let text = client::run("curl", &[&format, options, &[&url]].concat());
    let (body, status) = text.rsplit_once('\n').expect("the format has a line's end");
    (status.into(), body.into())
}

/// Expects the page from the example at `address`.
pub fn serves_the_page(address: SocketAddr) {
    let mut connection = client::connect(address);
    let request = b"GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n";
    connection.write_all(request).expect("an open connection");
    let mut answer = String::new();
    connection.read_to_string(&mut answer).expect("text");
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("hello"), "{answer}");
}

fn answers_curl(runner: Runner) {
    let server = start(runner);
    let address = server.address(80);
    let answer = |status: &str, body: &str| (status.into(), body.into());
    assert_eq!(curl(address, "/", &[]), answer("200", "hello"));
    assert_eq!(curl(address, "/nowhere", &[]), answer("404", "Not Found"));
    let posted = curl(address, "/", &["--data", "x"]);
    assert_eq!(posted, answer("405", "Method Not Allowed"));
    let body = "x".repeat(4000);
    let echoed = curl(address, "/echo", &["--data", &body]);
    assert_eq!(echoed, answer("200", &body));
    let chunked = ["--header", "Transfer-Encoding: chunked", "--data", "chunks"];
    assert_eq!(curl(address, "/echo", &chunked), answer("200", "chunks"));
}

fn keeps_the_connection(runner: Runner) {
    let server = start(runner);
    let mut connection = client::connect(server.address(80));
    for _ in 0..3 {
        let request = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n";
        connection.write_all(request).expect("an open connection");
        let mut answer = Vec::new();
        // The body has one chunk.
        while !answer.ends_with(b"hello\r\n0\r\n\r\n") {
            let mut byte = [0];
            connection.read_exact(&mut byte).expect("an answer");
            answer.push(byte[0]);
        }
        assert!(answer.starts_with(b"HTTP/1.1 200 OK\r\n"), "{answer:?}");
    }
}

/// More clients than are served at once send nothing, or a part of a request.
fn silent_clients_give_way(runner: Runner) {
    let server = start(runner);
    let clients = (0..20).map(|index| {
        let mut connection = client::connect(server.address(80));
        let part: &[u8] = if index % 2 == 0 { b"" } else { b"GET / HT" };
        connection.write_all(part).expect("an open connection");
        connection
    });
    let clients = clients.collect::<Vec<_>>();
    assert_eq!(curl(server.address(80), "/", &[]).0, "200");
    drop(clients);
}
