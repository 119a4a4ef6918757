//! Explicit congestion notification (RFC 3168): which connections use it, and what they remember about it.

/// Which connections use ECN.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum EcnMode {
    /// Those whose peer asks for it. Our own SYNs do not ask: some paths drop those that do, and opening a
    /// connection then takes a second longer.
    #[default]
    Accept,
    /// Those whose peer supports it: our own SYNs ask for it.
    Request,
    /// None.
    Off,
}

/// After how many reductions a path counts as one that marks everything.
const MAX_REDUCTIONS: u8 = 10;

/// Both sides support ECN.
const NEGOTIATED: u8 = 1 << 0;
/// New data is sent as ECN-capable.
const USED: u8 = 1 << 1;
/// The next new data tells the peer that the window was reduced.
const OWES_CWR: u8 = 1 << 2;
/// The window was reduced for marks at least once.
const HAS_REDUCED: u8 = 1 << 3;
/// Acknowledgments report congestion to the peer.
const ECHOES: u8 = 1 << 4;
/// All acknowledgments of new data have reported congestion, or there was none.
const IS_UNPROVEN: u8 = 1 << 5;
/// The peer has sent no data yet.
const AWAITS_DATA: u8 = 1 << 6;

/// What a connection remembers about ECN: its flags are 0 without ECN, so that one comparison keeps such a
/// connection from all that follows.
#[derive(Debug, Clone, Copy)]
pub struct EcnState {
    flags: u8,
    /// Reductions before the first acknowledgment that reported no congestion.
    reductions: u8,
}

impl EcnState {
    /// The state of a new connection.
    pub const fn new(is_negotiated: bool) -> Self {
        let flags = if is_negotiated {
            NEGOTIATED | USED | IS_UNPROVEN | AWAITS_DATA
        } else {
            0
        };
        Self {
            flags,
            reductions: 0,
        }
    }

    const fn has(self, flags: u8) -> bool {
        self.flags & flags != 0
    }

    /// Returns whether both sides support it.
    #[inline(always)]
    pub const fn is_negotiated(self) -> bool {
        self.flags != 0
    }

    /// Returns whether a segment without special control bits says nothing new of ECN: the path is known to
    /// deliver data unmarked, and that of the peer was seen.
    #[inline(always)]
    pub const fn predicts(self, has_data: bool) -> bool {
        !self.has(IS_UNPROVEN | AWAITS_DATA) || !(self.has(IS_UNPROVEN) || has_data)
    }

    /// Returns whether acknowledgments report congestion.
    #[inline(always)]
    pub const fn echoes(self) -> bool {
        self.has(ECHOES)
    }

    /// Sets whether acknowledgments report congestion.
    pub fn set_echoes(&mut self, echoes: bool) {
        self.flags = self.flags & !ECHOES | if echoes { ECHOES } else { 0 };
    }

    /// Returns whether the next new data has CWR, which is that of the caller.
    pub fn take_cwr(&mut self) -> bool {
        let owes = self.has(OWES_CWR);
        self.flags &= !OWES_CWR;
        owes
    }

    /// The next new data has CWR.
    pub fn owe_cwr(&mut self) {
        self.flags |= OWES_CWR;
    }

    /// The peer has sent data. Returns whether it was the first.
    pub fn note_data(&mut self) -> bool {
        let is_first = self.has(AWAITS_DATA);
        self.flags &= !AWAITS_DATA;
        is_first
    }

    /// New data was acknowledged without a report of congestion.
    pub fn note_unmarked(&mut self) {
        self.flags &= !IS_UNPROVEN;
    }

    /// Returns whether new data is sent as ECN-capable.
    pub const fn is_used(self) -> bool {
        self.has(USED)
    }

    /// Returns whether the window was ever reduced for marks.
    pub const fn has_reduced(self) -> bool {
        self.has(HAS_REDUCED)
    }

    /// The window was reduced for marks, and the next new data has CWR.
    pub fn note_reduction(&mut self) {
        self.flags |= HAS_REDUCED | OWES_CWR;
    }

    /// The window was reduced because the peer has reported marks. Returns whether the path marks everything; then
    /// no more data is sent as ECN-capable.
    pub fn count_reduction(&mut self) -> bool {
        if !self.has(IS_UNPROVEN) {
            return false;
        }
        self.reductions += 1;
        let gives_up = self.reductions == MAX_REDUCTIONS;
        if gives_up {
            self.give_up();
        }
        gives_up
    }

    /// Sends no more data as ECN-capable.
    pub fn give_up(&mut self) {
        self.flags &= !USED;
    }
}
