//! What hardly any connection has to remember about received segments.

use crate::net::tcp::{options::SackBlock, seq::SeqNumber};

/// What is remembered about segments that are rare. Without memory for it, a FIN is dropped, which the peer
/// repeats; the others are not reported.
#[derive(Debug, Default)]
pub(super) struct Exceptions {
    /// Where a FIN is that was received before data in front of it.
    pub(super) fin: Option<SeqNumber>,
    /// The byte after urgent data (RFC 9293, section 3.8.5; RFC 6093).
    pub(super) urgent: Option<SeqNumber>,
    /// A duplicate to report (RFC 2883).
    pub(super) duplicate: Option<SackBlock>,
}
