//! A scripted HTTP client, for requests that ordinary clients do not send.

use crate::harness::client;
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
};

/// A connection to the server.
pub struct Connection(BufReader<TcpStream>);

/// A response.
#[derive(Debug, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    body: String,
}

impl Response {
    /// The response with the page.
    pub fn page(page: &str) -> Self {
        Self {
            status: 200,
            body: page.into(),
        }
    }
}

impl Connection {
    /// Connects.
    pub fn open(address: SocketAddr) -> Self {
        let stream = client::connect(address);
        // Without delay, data that is written in pieces also arrives in pieces.
        stream.set_nodelay(true).expect("a socket");
        Self(BufReader::new(stream))
    }

    /// Sends bytes.
    pub fn send(&mut self, text: &str) {
        let stream = self.0.get_mut();
        stream
            .write_all(text.as_bytes())
            .expect("an open connection");
    }

    /// Shuts down the sending half.
    pub fn send_no_more(&mut self) {
        let stream = self.0.get_mut();
        stream
            .shutdown(Shutdown::Write)
            .expect("an open connection");
    }

    /// Reads one response.
    pub fn response(&mut self) -> Response {
        let status = self.line();
        let status = status.split(' ').nth(1).and_then(|code| code.parse().ok());
        let mut length = 0;
        loop {
            let header = self.line();
            if header.is_empty() {
                break;
            }
            if let Some(value) = header.strip_prefix("Content-Length: ") {
                length = value.parse().expect("a number");
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).expect("the whole body");
        Response {
            status: status.expect("a status code"),
            body: String::from_utf8(body).expect("text"),
        }
    }

    /// Expects the server to close the connection without sending anything more.
    pub fn read_to_end(&mut self) {
        let mut rest = String::new();
        self.0
            .read_to_string(&mut rest)
            .expect("an end that is no reset");
        assert_eq!(rest, "");
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).expect("a line");
        let whole = line.strip_suffix("\r\n");
        whole
            .unwrap_or_else(|| panic!("{line:?} is no line"))
            .into()
    }
}
