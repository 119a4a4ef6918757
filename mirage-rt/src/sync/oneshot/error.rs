//! Why a value cannot be received.

use crate::device::StartError;
use core::fmt;

/// The sender was dropped without having sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecvError(pub(super) ());

impl fmt::Display for RecvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the channel is closed")
    }
}

impl core::error::Error for RecvError {}

impl From<RecvError> for StartError {
    fn from(error: RecvError) -> Self {
        Self::with_source("nothing was received", error)
    }
}

/// Why [`try_recv`](super::Receiver::try_recv) returned no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TryRecvError {
    /// The value has not been sent yet.
    Empty,
    /// No value will come: the sender was dropped without having sent, the receiver is closed, or
    /// the value was received already.
    Closed,
}

impl fmt::Display for TryRecvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "the channel is empty",
            Self::Closed => "the channel is closed",
        })
    }
}

impl core::error::Error for TryRecvError {}
