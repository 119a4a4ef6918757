//! The protocol between the unikernels: each question and each answer is a line.

use alloc::{string::String, vec::Vec};
use mirage_rt::{
    io::{Read, Write},
    net::{Error, Remote},
    time::{Duration, timeout},
};

/// The longest line, in bytes. A connection that sends more is closed.
const MAX_LEN: usize = 128;

/// How long a question waits for its answer.
const LIMIT: Duration = Duration::from_secs(5);

/// Reads a line, without its end. `None` if there is none: the peer has closed the connection, or has sent something
/// else.
///
/// # Errors
/// Returns the errors of the connection.
pub async fn read<R: Read<Error = Error>>(stream: &mut R) -> Result<Option<String>, Error> {
    let mut line = Vec::new();
    let mut byte = [0];
    loop {
        if stream.read(&mut byte).await? == 0 || line.len() == MAX_LEN {
            return Ok(None);
        }
        match byte {
            [b'\n'] => return Ok(String::from_utf8(line).ok()),
            [other] => line.push(other),
        }
    }
}

/// Writes a line.
///
/// # Errors
/// Returns the errors of the connection.
pub async fn write<W: Write<Error = Error>>(stream: &mut W, line: &str) -> Result<(), Error> {
    stream.write_all(line.as_bytes()).await?;
    stream.write_all(b"\n").await?;
    stream.flush().await
}

/// Asks `remote` a question in a connection of its own. `None` if the answer is no line.
///
/// # Errors
/// Returns the errors of the connection, and [`Error::TimedOut`] after five seconds.
pub async fn ask(remote: &Remote, question: &str) -> Result<Option<String>, Error> {
    let exchange = async {
        let mut stream = remote.connect().await?;
        write(&mut stream, question).await?;
        read(&mut stream).await
    };
    timeout(LIMIT, exchange).await?
}
