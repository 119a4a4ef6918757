//! What a link can do for the stack, and what accompanies each frame so that it can: the contract
//! about checksums and segmentation, which is the same for every link.

use core::num::NonZeroU16;

/// What a link offers. Today's drivers offer nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Offloads {
    /// Whether the link completes the TCP or UDP checksum of a frame to transmit.
    pub checksum: bool,
    /// The largest TCP frame that the link cuts into segments, in bytes with its headers.
    pub segmentation: Option<NonZeroU16>,
    /// Whether received segments may arrive merged into frames that exceed the MTU.
    pub large_receive: bool,
}

/// What is known about the TCP or UDP checksum of a received frame. It does not cover the checksums of
/// IPv4 and ICMP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ChecksumState {
    /// Nothing: the stack verifies it.
    #[default]
    Unknown,
    /// The link verified it.
    Verified,
    /// The sender left it to be completed, and the frame has not left the host since: the field has
    /// the sum of the pseudo-header only. The payload is intact, but the field is not a checksum.
    Partial,
}

/// What accompanies a received frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReceiveInfo {
    /// What is known about the TCP or UDP checksum.
    pub checksum: ChecksumState,
    /// The payload of each TCP segment, in bytes, if several were merged into this frame.
    pub segment_size: Option<NonZeroU16>,
}

/// A checksum that the link completes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartialChecksum {
    /// Where the sum starts, in bytes from the start of the frame. It ends with the frame.
    pub start: u16,
    /// Where the checksum is written, in bytes from `start`. The field has the sum of the
    /// pseudo-header, not complemented.
    pub offset: u16,
}

/// What accompanies a frame to transmit. The default asks for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TransmitInfo {
    /// The checksum to complete. Only if the link offers [`Offloads::checksum`].
    pub checksum: Option<PartialChecksum>,
    /// The payload of each TCP segment, in bytes, into which the frame is to be cut. Only up to
    /// [`Offloads::segmentation`].
    pub segment_size: Option<NonZeroU16>,
}
