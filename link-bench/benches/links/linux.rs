//! The same services with Linux's TCP.

use crate::congestion::Algorithm;
use std::{
    io::{self, Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    thread,
};

/// Bytes that are read or written at a time.
const CHUNK: usize = 64 * 1024;

/// Starts the services in the namespace of this thread.
///
/// # Errors
/// Fails if a port cannot be bound, or Linux lacks an algorithm.
pub fn start(address: Ipv4Addr) -> io::Result<()> {
    for congestion in Algorithm::ALL {
        serve(address, congestion.chargen(), congestion, generate)?;
    }
    serve(address, 5001, Algorithm::Cubic, read_all)?;
    serve(address, 5003, Algorithm::Cubic, answer)
}

fn serve(
    address: Ipv4Addr,
    port: u16,
    congestion: Algorithm,
    service: fn(TcpStream),
) -> io::Result<()> {
    let listener = TcpListener::bind((address, port))?;
    congestion.set(&listener)?;
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || service(stream));
        }
    });
    Ok(())
}

fn read_all(mut stream: TcpStream) {
    let mut buffer = vec![0; CHUNK];
    while let Ok(1..) = stream.read(&mut buffer) {}
}

fn generate(mut stream: TcpStream) {
    let buffer = vec![b'x'; CHUNK];
    while stream.write_all(&buffer).is_ok() {}
}

fn answer(mut stream: TcpStream) {
    // Ours does not use Nagle's algorithm either.
    let _ = stream.set_nodelay(true);
    let mut buffer = [0; 1024];
    while let Ok(length @ 1..) = stream.read(&mut buffer) {
        if stream.write_all(&buffer[..length]).is_err() {
            return;
        }
    }
}
