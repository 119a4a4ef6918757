//! The public API: the guest `public-api` uses every item of it.

use crate::harness::{DEADLINE, Runner, Running, client, trials};
use libtest_mimic::Trial;
use std::{
    fs::File,
    io::{self, Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    thread,
};

/// The tests.
pub fn list() -> Vec<Trial> {
    trials(
        &Runner::ALL,
        [("api::every_item_is_used", every_item_is_used as fn(Runner))],
    )
    .collect()
}

fn every_item_is_used(runner: Runner) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("disk");
    let file = File::create(&path).expect("a file");
    file.set_len(64 << 10).expect("a size");
    let disk = format!("file={}", path.display());
    let echo = format!("--echo={}:{}", runner.this_host(), echo_server().port());
    let options = ["--block", &disk, "--", &echo];
    let api = Running::with_options("public-api", runner, &[7000, 7001], &options);
    api.wait_for("connected");
    for port in [7000, 7001, 7001] {
        assert_eq!(client::ask(api.address(port), b"datagram"), b"datagram");
    }
    let mut stream = client::connect(api.address(7001));
    stream.write_all(b"x").expect("an open connection");
    stream
        .shutdown(Shutdown::Write)
        .expect("an open connection");
    let mut byte = Vec::new();
    stream.read_to_end(&mut byte).expect("a byte");
    assert_eq!(byte, b"x");
    for port in [7000, 7001] {
        let mut text = String::new();
        let mut stream = client::connect(api.address(port));
        stream.read_to_string(&mut text).expect("text");
        assert_eq!(text, "welcome\n");
    }
    let (status, lines) = api.end();
    assert_eq!(status, 0, "{lines:#?}");
    let used = |line: &String| line.trim_end() == "every item was used";
    assert!(lines.iter().any(used), "{lines:#?}");
}

/// Starts an echo server and returns its address.
fn echo_server() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || echo(stream));
        }
    });
    address
}

/// A client may reset the connection.
fn echo(stream: TcpStream) -> io::Result<u64> {
    stream.set_read_timeout(Some(DEADLINE))?;
    io::copy(&mut &stream, &mut &stream)
}
