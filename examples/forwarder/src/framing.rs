//! Messages on a stream: each behind its length (RFC 7766, section 8).

use alloc::vec::Vec;
use mirage_rt::io::{Read, Write};

/// The longest message.
pub const LONGEST: usize = u16::MAX as usize;

/// The next message; `None` if the stream ends.
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
    // At once, so that no peer gets the length alone.
    stream.write_all(&[&length, message].concat()).await.ok()
}
