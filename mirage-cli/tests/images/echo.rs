//! The example `echo`.

use crate::harness::{Runner, Running, client, trials};
use libtest_mimic::Trial;
use std::{
    io::{Read, Write},
    net::{Shutdown, SocketAddr},
    thread,
};

/// The tests.
pub fn list() -> Vec<Trial> {
    trials(
        &Runner::ALL,
        [
            ("echo::streams_come_back", streams_come_back),
            ("echo::datagrams_come_back", datagrams_come_back),
            ("echo::answers_dig", answers_dig),
        ],
    )
    .collect()
}

fn start(runner: Runner) -> Running {
    let echo = Running::start("echo", runner, &[7]);
    // Of the two ports with this number, the one that is opened last.
    echo.wait_for("udp port 7 is at ");
    echo
}

fn streams_come_back(runner: Runner) {
    let echo = start(runner);
    streams_return(echo.address(7));
}

/// Expects that streams come back from the example at `address`.
pub fn streams_return(address: SocketAddr) {
    // Two at once, each with more data than all buffers on the path hold.
    let clients = [1, 2].map(|seed| thread::spawn(move || there_and_back(address, seed)));
    for client in clients {
        client.join().expect("what was sent comes back");
    }
}

fn there_and_back(address: SocketAddr, seed: u8) {
    let sent: Vec<u8> = (0..2_000_000u32)
        .map(|index| (index.wrapping_mul(2_654_435_761) >> 24) as u8 ^ seed)
        .collect();
    let mut connection = client::connect(address);
    let mut writer = connection.try_clone().expect("a socket");
    let copy = sent.clone();
    let writing = thread::spawn(move || {
        writer.write_all(&copy).expect("an open connection");
        writer
            .shutdown(Shutdown::Write)
            .expect("an open connection");
    });
    let mut received = Vec::new();
    connection
        .read_to_end(&mut received)
        .expect("an end that is no reset");
    writing.join().expect("all is written");
    assert_eq!(received.len(), sent.len());
    assert!(received == sent, "not what was sent");
}

fn datagrams_come_back(runner: Runner) {
    let echo = start(runner);
    datagrams_return(echo.address(7));
}

/// Expects that datagrams come back from the example at `address`.
pub fn datagrams_return(address: SocketAddr) {
    for length in [0, 1, 512, 1472] {
        let question: Vec<u8> = (0..length).map(|index| index as u8).collect();
        let answer = client::ask(address, &question);
        assert_eq!(answer, question, "{length} bytes");
    }
}

/// dig accepts its own query as a response.
fn answers_dig(runner: Runner) {
    let echo = start(runner);
    let port = echo.address(7).port().to_string();
    for transport in ["+notcp", "+tcp"] {
        let text = client::run(
            "dig",
            &[
                "@127.0.0.1",
                "-p",
                &port,
                "+tries=5",
                transport,
                "example.org",
            ],
        );
        assert!(text.contains(";example.org."), "{text}");
        assert!(text.contains("status: NOERROR"), "{text}");
    }
}
