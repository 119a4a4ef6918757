//! Segments (RFC 9293, section 3.1).

use super::{
    options::{OptionBytes, Options},
    seq::SeqNumber,
};
use crate::net::ip::{Egress, NextHopHint, PacketHeader, TransmitError};
use core::ops::BitOr;

/// Length of a header without options, in bytes.
pub const HEADER_LEN: usize = 20;

/// The control bits of a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Flags(u8);

impl Flags {
    /// No more data from the sender.
    pub const FIN: Self = Self(0x01);
    /// Synchronise sequence numbers.
    pub const SYN: Self = Self(0x02);
    /// Reset the connection.
    pub const RST: Self = Self(0x04);
    /// Push function.
    pub const PSH: Self = Self(0x08);
    /// The acknowledgment field is significant.
    pub const ACK: Self = Self(0x10);
    /// The urgent pointer field is significant.
    pub const URG: Self = Self(0x20);
    /// Congestion was experienced on the way to the sender (ECN-Echo, RFC 3168).
    pub const ECE: Self = Self(0x40);
    /// The sender has reduced its congestion window (RFC 3168).
    pub const CWR: Self = Self(0x80);

    /// Whether all of `flags` are set.
    pub const fn contains(self, flags: Self) -> bool {
        self.0 & flags.0 == flags.0
    }

    /// Those of ECN: ECE and CWR.
    pub const fn ecn(self) -> Self {
        Self(self.0 & (Self::ECE.0 | Self::CWR.0))
    }

    /// Without those in `flags`.
    pub const fn without(self, flags: Self) -> Self {
        Self(self.0 & !flags.0)
    }
}

impl BitOr for Flags {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// Returns the ports of the sender and of the receiver, if `bytes` is a segment that opens a connection.
pub fn ports_of_syn(bytes: &[u8]) -> Option<(u16, u16)> {
    let header = bytes.first_chunk::<HEADER_LEN>()?;
    let flags = Flags(header[13]);
    let opens = flags.contains(Flags::SYN) && !flags.contains(Flags::ACK);
    let half = |at: usize| u16::from_be_bytes([header[at], header[at + 1]]);
    opens.then(|| (half(0), half(2)))
}

/// A received segment, without its ports.
#[derive(Debug, Clone, Copy)]
pub struct Segment<'a> {
    /// SEG.SEQ: the sequence number of the first byte, or of the SYN.
    pub seq: SeqNumber,
    /// SEG.ACK; meaningless without [`Flags::ACK`].
    pub ack: SeqNumber,
    /// The control bits.
    pub flags: Flags,
    /// SEG.WND, not scaled.
    pub window: u16,
    /// The urgent pointer; meaningless without [`Flags::URG`].
    pub urgent: u16,
    /// The options.
    pub options: Options<'a>,
    /// The data.
    pub payload: &'a [u8],
}

impl<'a> Segment<'a> {
    /// Reads a segment; `None` if it is malformed.
    #[inline]
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        let (header, rest) = bytes.split_first_chunk::<HEADER_LEN>()?;
        // The data offset counts words of four bytes.
        let length = usize::from(header[12] >> 4) * 4;
        let (options, payload) = rest.split_at_checked(length.checked_sub(HEADER_LEN)?)?;
        Some(Self::new(header, Options::parse(options), payload))
    }

    /// Reads a segment that may be a predicted one: with the control bits ACK and perhaps PSH, and with
    /// no options or with timestamps in the layout of RFC 7323, appendix A. `None` if it is another one.
    #[inline(always)]
    pub fn parse_predicted(bytes: &'a [u8]) -> Option<Self> {
        let (header, rest) = bytes.split_first_chunk::<HEADER_LEN>()?;
        if Flags(header[13]).without(Flags::PSH) != Flags::ACK {
            return None;
        }
        let (options, payload) = match header[12] >> 4 {
            5 => (Options::default(), rest),
            8 => {
                let (options, payload) = rest.split_first_chunk()?;
                (Options::parse_timestamps(options)?, payload)
            }
            _ => return None,
        };
        Some(Self::new(header, options, payload))
    }

    #[inline(always)]
    fn new(header: &[u8; HEADER_LEN], options: Options<'a>, payload: &'a [u8]) -> Self {
        let half = |at: usize| u16::from_be_bytes([header[at], header[at + 1]]);
        let word = |at: usize| u32::from(half(at)) << 16 | u32::from(half(at + 2));
        Self {
            seq: SeqNumber(word(4)),
            ack: SeqNumber(word(8)),
            flags: Flags(header[13]),
            window: half(14),
            urgent: half(18),
            options,
            payload,
        }
    }

    /// SEG.LEN: the bytes of sequence space that the segment occupies, SYN and FIN included.
    pub fn len(&self) -> u32 {
        self.payload.len() as u32
            + u32::from(self.flags.contains(Flags::SYN))
            + u32::from(self.flags.contains(Flags::FIN))
    }

    /// The sequence number after the last byte.
    pub fn end(&self) -> SeqNumber {
        self.seq + self.len()
    }
}

/// The header of a segment to send.
#[derive(Debug, Clone, Copy)]
pub struct Header {
    /// Our port.
    pub source_port: u16,
    /// The peer's port.
    pub destination_port: u16,
    /// The sequence number of the first byte.
    pub seq: SeqNumber,
    /// The next byte that is expected.
    pub ack: SeqNumber,
    /// The control bits.
    pub flags: Flags,
    /// The window, scaled.
    pub window: u16,
    /// The options.
    pub options: OptionBytes,
}

impl Header {
    /// Length in bytes, options included.
    pub const fn len(&self) -> usize {
        HEADER_LEN + self.options.len()
    }

    /// Sends a segment without data. Not inlined, so that images have it once.
    ///
    /// # Errors
    /// Returns why it was not sent.
    #[inline(never)]
    pub fn transmit(
        &self,
        packet: &PacketHeader,
        hint: &mut NextHopHint,
        egress: &mut impl Egress,
    ) -> Result<(), TransmitError> {
        egress.transmit(packet, hint, self.len(), |bytes| self.write(bytes))
    }

    /// Writes the header to the beginning of `bytes`, which has room for it. The checksum is 0.
    #[inline]
    pub fn write(&self, bytes: &mut [u8]) {
        let length = self.len();
        let header: &mut [u8; HEADER_LEN] = bytes.first_chunk_mut().expect("a header has 20 bytes");
        header[..2].copy_from_slice(&self.source_port.to_be_bytes());
        header[2..4].copy_from_slice(&self.destination_port.to_be_bytes());
        header[4..8].copy_from_slice(&self.seq.0.to_be_bytes());
        header[8..12].copy_from_slice(&self.ack.0.to_be_bytes());
        // The data offset counts words of four bytes.
        header[12] = (length as u8 / 4) << 4;
        header[13] = self.flags.0;
        header[14..16].copy_from_slice(&self.window.to_be_bytes());
        header[16..].fill(0);
        let (words, _) = bytes[HEADER_LEN..].as_chunks_mut();
        for (place, word) in words.iter_mut().zip(self.options.chunks()) {
            *place = *word;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_segment_is_read_as_it_is_written() {
        let mut options = OptionBytes::NONE;
        options.mss(1000);
        let header = Header {
            source_port: 80,
            destination_port: 40000,
            seq: SeqNumber(u32::MAX),
            ack: SeqNumber(5),
            flags: Flags::SYN | Flags::ACK,
            window: 65535,
            options,
        };
        let mut bytes = [0xff; 30];
        header.write(&mut bytes);
        let segment = Segment::parse(&bytes).expect("it is a segment");
        assert_eq!(bytes[..4], [0, 80, 0x9c, 0x40]);
        assert_eq!((segment.seq, segment.ack), (header.seq, header.ack));
        assert_eq!(segment.flags, header.flags);
        assert_eq!(segment.options.mss, Some(1000));
        assert_eq!(segment.payload.len(), 6);
        assert_eq!(segment.end(), SeqNumber(6));
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_segment_or_none(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            let _ = Segment::parse(&bytes);
        }
    }
}
