//! Messages on a TCP stream: each is preceded by its length (RFC 7766, section 8).

use alloc::vec::Vec;
use mirage_rt::io::{Read, Write};

/// The maximum length of a message, in bytes.
pub const MAX_MESSAGE_LEN: usize = u16::MAX as usize;

/// Reads the next message; `None` if the stream has ended.
pub async fn read(stream: &mut impl Read) -> Option<Vec<u8>> {
    let mut length = [0; 2];
    stream.read_exact(&mut length).await.ok()?;
    let mut message = alloc::vec![0; u16::from_be_bytes(length).into()];
    stream.read_exact(&mut message).await.ok()?;
    Some(message)
}

/// Sends a message; `None` if the stream has ended.
pub async fn write(stream: &mut impl Write, message: &[u8]) -> Option<()> {
    let length = u16::try_from(message.len()).ok()?.to_be_bytes();
    // In one write, so that the length is not sent in a segment of its own.
    stream.write_all(&[&length, message].concat()).await.ok()
}
