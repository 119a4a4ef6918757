//! Clients of what a program serves.

use crate::machine::Outcome;
use std::{
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpStream, UdpSocket},
    time::Duration,
};

const PATIENCE: Duration = Duration::from_secs(20);

/// Expects that an HTTP server answers with `hello`.
pub fn http(server: SocketAddr) -> Outcome {
    let answer = request(server).map_err(|cause| cause.to_string())?;
    match answer.starts_with("HTTP/1.1 200") && answer.contains("hello") {
        true => Ok(()),
        false => Err(format!("it answers {answer:?}")),
    }
}

fn request(server: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(server)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(b"GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

/// Expects that a name server answers with the address 192.0.2.1.
pub fn dns(server: SocketAddr) -> Outcome {
    // Recursion is desired; one question: the address of example.org.
    let mut query = vec![0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    query.extend(b"\x07example\x03org\x00\x00\x01\x00\x01");
    let answer = ask(server, &query)?;
    let is_answer = answer.starts_with(&[0x12, 0x34]) && answer.get(6..8) == Some(&[0, 1]);
    match is_answer && answer.ends_with(&[192, 0, 2, 1]) {
        true => Ok(()),
        false => Err(format!("it answers {answer:?}")),
    }
}

/// Expects that a greeting is counted.
pub fn postcard(server: SocketAddr) -> Outcome {
    // A number of 7 bits in a group, and the length and bytes of a name.
    let answer = ask(server, b"\xAC\x02\x03Ada")?;
    match answer == b"\xAD\x02\x03Ada" {
        true => Ok(()),
        false => Err(format!("it answers {answer:?}")),
    }
}

/// Sends a question until it is answered.
fn ask(server: SocketAddr, question: &[u8]) -> Result<Vec<u8>, String> {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).map_err(|cause| cause.to_string())?;
    let patience = socket.set_read_timeout(Some(PATIENCE / 4));
    patience.map_err(|cause| cause.to_string())?;
    let mut answer = [0; 2048];
    for _ in 0..4 {
        let _ = socket.send_to(question, server);
        if let Ok((length, _)) = socket.recv_from(&mut answer) {
            return Ok(answer[..length].to_vec());
        }
    }
    Err("it does not answer".into())
}
