//! Requests of `reqwest` to a server of the same program.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener},
    thread,
};

#[mirage_rt::unikernel]
#[tokio::main]
async fn main() -> Result<(), reqwest::Error> {
    let text = reqwest::get(format!("http://{}/", serve_once()))
        .await?
        .text()
        .await?;
    assert_eq!(text, "hello");
    let refused = reqwest::get("https://127.0.0.1:9/").await;
    assert!(refused.is_err_and(|error| error.is_connect()));
    Ok(())
}

/// Answers one connection.
fn serve_once() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a connection");
        let mut request = [0; 1024];
        let _ = stream.read(&mut request);
        let _ = stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello");
    });
    address
}
