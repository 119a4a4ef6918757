//! The client's side of transfers.

use crate::{congestion::Algorithm, namespaces::Stack};
use rustix::{
    ioctl::{Getter, Opcode, ioctl},
    net::sockopt::set_socket_linger,
};
use std::{
    io::{self, Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

const DISCARD: u16 = 5001;
const ECHO: u16 = 5003;

/// Bytes that are read or written at a time.
const CHUNK: usize = 256 * 1024;

/// Returns how much of what was written is not acknowledged (linux/sockios.h).
const SIOCOUTQ: Opcode = 0x5411;

/// How long a call may wait: longer than any pause of a connection that works.
const PATIENCE: Duration = Duration::from_secs(30);

fn connect(stack: Stack, port: u16, congestion: Algorithm) -> io::Result<TcpStream> {
    let address = (stack.address(), port).into();
    let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    congestion.set(&stream)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    // Closing resets the connection, so that the server stops at once.
    set_socket_linger(&stream, Some(Duration::ZERO))?;
    Ok(stream)
}

/// A transfer that is over. It is to be dropped on a link without loss, so that the reset arrives.
pub struct Transfer {
    /// Bytes per second.
    pub rate: f64,
    _stream: TcpStream,
}

/// Receives from the character generator with this congestion control for `time`.
///
/// # Errors
/// Fails if the connection cannot be opened, is lost, or is silent for 30 s.
pub fn receive(stack: Stack, congestion: Algorithm, time: Duration) -> io::Result<Transfer> {
    receive_while(stack, congestion, |elapsed, _| elapsed < time)
}

/// The same, while `is_continued` returns true for the time since the beginning and the bytes received.
///
/// # Errors
/// Fails if the connection cannot be opened, is lost, or is silent for 30 s.
pub fn receive_while(
    stack: Stack,
    congestion: Algorithm,
    mut is_continued: impl FnMut(Duration, usize) -> bool,
) -> io::Result<Transfer> {
    let mut stream = connect(stack, congestion.chargen(), congestion)?;
    let mut buffer = vec![0; CHUNK];
    let start = Instant::now();
    let mut bytes = 0;
    while is_continued(start.elapsed(), bytes) {
        match stream.read(&mut buffer)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            count => bytes += count,
        }
    }
    Ok(Transfer {
        rate: bytes as f64 / start.elapsed().as_secs_f64(),
        _stream: stream,
    })
}

/// Sends to the discard service for `time`. Only what was acknowledged counts.
///
/// # Errors
/// Fails if the connection cannot be opened, is lost, or does not progress for 30 s.
pub fn send(stack: Stack, congestion: Algorithm, time: Duration) -> io::Result<Transfer> {
    let mut stream = connect(stack, DISCARD, congestion)?;
    let buffer = vec![b'y'; CHUNK];
    let start = Instant::now();
    let mut bytes = 0;
    while start.elapsed() < time {
        bytes += stream.write(&buffer)?;
    }
    // SAFETY: SIOCOUTQ writes an `int`.
    let unsent = unsafe { ioctl(&stream, Getter::<SIOCOUTQ, i32>::new()) }?;
    Ok(Transfer {
        rate: (bytes as f64 - f64::from(unsent)) / start.elapsed().as_secs_f64(),
        _stream: stream,
    })
}

/// Sends `count` requests of 64 bytes, each after the answer to the one before. Returns how long each
/// took, in seconds.
///
/// # Errors
/// Fails if the connection cannot be opened, is lost, or is silent for 30 s.
pub fn ask(stack: Stack, count: usize) -> io::Result<Vec<f64>> {
    let mut stream = connect(stack, ECHO, Algorithm::Cubic)?;
    stream.set_nodelay(true)?;
    let mut buffer = [b'z'; 64];
    (0..count)
        .map(|_| {
            let start = Instant::now();
            stream.write_all(&buffer)?;
            stream.read_exact(&mut buffer)?;
            Ok(start.elapsed().as_secs_f64())
        })
        .collect()
}

/// Waits until the services of both stacks answer.
///
/// # Errors
/// Fails if one does not answer for 30 s.
pub fn wait_for_servers() -> io::Result<()> {
    let start = Instant::now();
    for stack in Stack::ALL {
        while let Err(error) = ask(stack, 1) {
            if start.elapsed() > PATIENCE {
                return Err(error);
            }
        }
    }
    Ok(())
}
