//! The examples `https-server` and `https-client`: TLS by rustls and ring, with curl and OpenSSL.

use crate::harness::{Runner, Running, client, trials};
use libtest_mimic::Trial;
use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    process::{Child, Command, Stdio},
};

/// The certificate of the authority that signed the server's.
pub const AUTHORITY: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../examples/https-client/files/authority.pem"
);
const SERVER_FILES: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../examples/https-server/files"
);

/// The tests.
pub fn list() -> Vec<Trial> {
    trials(
        &[Runner::Unix, Runner::Q35, Runner::Spt],
        [
            ("https::a_server_answers", a_server_answers),
            ("https::a_client_asks", a_client_asks),
            ("https::a_client_refuses", a_client_refuses),
        ],
    )
    .collect()
}

fn a_server_answers(runner: Runner) {
    let server = Running::start("https-server", runner, &[443]);
    answers(server.address(443));
}

/// Expects the answers of the server at `address`.
pub fn answers(address: SocketAddr) {
    let resolve = format!("server.example:{}:{}", address.port(), address.ip());
    let url = format!("https://server.example:{}/path", address.port());
    let options = ["--silent", "--show-error", "--cacert", AUTHORITY];
    let text = client::run(
        "curl",
        &[&options[..], &["--resolve", &resolve, &url]].concat(),
    );
    assert_eq!(text, "hello over TLS, /path\n");
    let address = address.to_string();
    let mut openssl = Command::new("openssl");
    openssl
        .args(["s_client", "-connect", &address, "-CAfile", AUTHORITY])
        .args(["-verify_return_error", "-verify_hostname", "server.example"])
        .stdin(Stdio::null());
    let text = client::output(&mut openssl);
    assert!(text.contains("Verify return code: 0 (ok)"), "{text}");
}

/// A server of OpenSSL, which describes each connection as its page.
struct OpenSsl {
    server: Child,
    port: u16,
}

impl OpenSsl {
    fn start() -> Self {
        let mut command = Command::new("openssl");
        command
            .args(["s_server", "-accept", "127.0.0.1:0", "-www"])
            .args(["-cert", "certificate.pem", "-key", "key.pem"])
            .current_dir(SERVER_FILES)
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        let mut server = command.spawn().expect("openssl");
        let output = server.stdout.take().expect("the output is piped");
        let mut lines = BufReader::new(output).lines();
        // `ACCEPT 127.0.0.1:40001`
        let port = lines.find_map(|line| {
            let line = line.expect("a line");
            let (_, port) = line.strip_prefix("ACCEPT ")?.rsplit_once(':')?;
            port.trim().parse().ok()
        });
        // It must not fail because nobody reads the rest.
        std::thread::spawn(move || lines.for_each(drop));
        let port = port.expect("a port");
        Self { server, port }
    }
}

impl Drop for OpenSsl {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Runs the client with its server's name. Returns its status and output.
fn ask(runner: Runner, host: &str) -> (i32, Vec<String>) {
    let server = OpenSsl::start();
    let address = format!("--server={}:{}", runner.this_host(), server.port);
    let host = format!("--host={host}");
    Running::with_options("https-client", runner, &[], &["--", &address, &host]).end()
}

fn a_client_asks(runner: Runner) {
    let (status, lines) = ask(runner, "server.example");
    assert_eq!(status, 0, "{lines:#?}");
    assert!(
        lines.iter().any(|line| line == "status: 200 OK"),
        "{lines:#?}"
    );
    // The page of OpenSSL names the protocol.
    assert!(
        lines.iter().any(|line| line.contains("TLSv1.3")),
        "{lines:#?}"
    );
}

fn a_client_refuses(runner: Runner) {
    let (status, lines) = ask(runner, "other.example");
    assert_eq!(status, 1, "{lines:#?}");
    let error = lines.iter().find(|line| line.contains("Error: "));
    let error = error.unwrap_or_else(|| panic!("{lines:#?}"));
    assert!(error.contains("NotValidForName"), "{error}");
}
