//! The upstream of a forwarder. Every name has an address; some names determine its time to live.

use crate::harness::ports;
use std::{
    io::{Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream, UdpSocket},
    sync::{Arc, Mutex, PoisonError},
    thread,
};

/// A DNS server at a port of this host, for as long as the tests run.
pub struct NameServer {
    port: u16,
    asked: Asked,
}

/// The name of each query so far.
type Asked = Arc<Mutex<Vec<String>>>;

impl NameServer {
    /// Starts a server at a free port.
    pub fn start() -> Self {
        Self::start_at(Ipv4Addr::LOCALHOST, ports::free())
    }

    /// Starts a server at this address of the host.
    pub fn start_at(address: Ipv4Addr, port: u16) -> Self {
        let address = (address, port);
        let datagrams = UdpSocket::bind(address).expect("a free port");
        let connections = TcpListener::bind(address).expect("a free port");
        let asked = Asked::default();
        let copy = asked.clone();
        thread::spawn(move || answer_datagrams(&datagrams, &copy));
        let copy = asked.clone();
        thread::spawn(move || {
            for connection in connections.incoming() {
                let (connection, copy) = (connection.expect("a client"), copy.clone());
                // The client may have disconnected.
                thread::spawn(move || answer_connection(connection, &copy).is_ok());
            }
        });
        Self { port, asked }
    }

    /// Returns its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Returns the number of queries for `name`.
    pub fn asked(&self, name: &str) -> usize {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.iter().filter(|other| *other == name).count()
    }
}

fn answer_datagrams(socket: &UdpSocket, asked: &Asked) {
    let mut query = [0; 512];
    while let Ok((length, peer)) = socket.recv_from(&mut query) {
        if let Some(answer) = answer(&query[..length], 512, asked) {
            socket.send_to(&answer, peer).expect("an open port");
        }
    }
}

fn answer_connection(mut connection: TcpStream, asked: &Asked) -> std::io::Result<()> {
    loop {
        let mut length = [0; 2];
        connection.read_exact(&mut length)?;
        let mut query = vec![0; u16::from_be_bytes(length).into()];
        connection.read_exact(&mut query)?;
        if let Some(answer) = answer(&query, usize::from(u16::MAX), asked) {
            let length = (answer.len() as u16).to_be_bytes();
            connection.write_all(&[&length[..], &answer].concat())?;
        }
    }
}

/// Returns the response to `query`, truncated if it is longer than `limit`. A name that contains `silent`
/// gets no response, `short` has a time to live of one second, and `long` has a hundred addresses.
fn answer(query: &[u8], limit: usize, asked: &Asked) -> Option<Vec<u8>> {
    let (name, question) = question(query);
    let mut names = asked.lock().unwrap_or_else(PoisonError::into_inner);
    names.push(name.clone());
    if name.contains("silent") {
        return None;
    }
    let count: u16 = if name.contains("long") { 100 } else { 1 };
    let ttl: u32 = if name.contains("short") { 1 } else { 300 };
    let mut records = Vec::new();
    for number in 1..=count {
        // The name of the question, type A, class IN.
        records.extend_from_slice(&[0xc0, 12, 0, 1, 0, 1]);
        records.extend_from_slice(&ttl.to_be_bytes());
        records.extend_from_slice(&[0, 4, 192, 0, 2, number as u8]);
    }
    let fits = records.len() + 12 + question.len() <= limit;
    let (flags, count) = if fits {
        (0x8180, count)
    } else {
        (0x8380_u16, 0)
    };
    let mut answer = query[..2].to_vec();
    for word in [flags, 1, count, 0, 0] {
        answer.extend_from_slice(&word.to_be_bytes());
    }
    answer.extend_from_slice(question);
    if fits {
        answer.extend_from_slice(&records);
    }
    Some(answer)
}

/// Returns the question of a query: its name, and its bytes.
fn question(query: &[u8]) -> (String, &[u8]) {
    let (mut name, mut at) = (String::new(), 12);
    while query[at] != 0 {
        let end = at + 1 + usize::from(query[at]);
        name += &String::from_utf8_lossy(&query[at + 1..end]);
        name.push('.');
        at = end;
    }
    (name, &query[12..at + 5])
}
