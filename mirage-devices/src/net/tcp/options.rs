//! TCP options: maximum segment size (RFC 9293), window scale and timestamps (RFC 7323), SACK
//! (RFC 2018).

use super::seq::SeqNumber;

const END: u8 = 0;
const NO_OPERATION: u8 = 1;
const MSS: u8 = 2;
const WINDOW_SCALE: u8 = 3;
const SACK_PERMITTED: u8 = 4;
const SACK: u8 = 5;
const TIMESTAMPS: u8 = 8;

/// The largest shift of the window scale option (RFC 7323, section 2.3).
pub const MAX_WINDOW_SCALE: u8 = 14;

/// Length in bytes of the timestamps option, with the customary padding.
pub const TIMESTAMPS_LEN: usize = 12;

/// Maximum number of SACK blocks in a header.
pub const MAX_SACK_BLOCKS: usize = 4;

/// The timestamps option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timestamps {
    /// TSval: the sender's clock.
    pub value: u32,
    /// TSecr: the timestamp that the sender echoes.
    pub echo: u32,
}

/// A range of received bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SackBlock {
    /// The first byte.
    pub start: SeqNumber,
    /// The byte after the last.
    pub end: SeqNumber,
}

/// The options of a received segment.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options<'a> {
    /// The maximum segment size.
    pub mss: Option<u16>,
    /// The window scale, at most [`MAX_WINDOW_SCALE`].
    pub window_scale: Option<u8>,
    /// Whether SACK may be used.
    pub sack_permitted: bool,
    /// The timestamps.
    pub timestamps: Option<Timestamps>,
    sack: &'a [u8],
}

impl<'a> Options<'a> {
    /// Reads options that are timestamps only, in the layout that RFC 7323, appendix A, recommends.
    /// `None` if they are others.
    #[inline(always)]
    pub fn parse_timestamps(bytes: &[u8; TIMESTAMPS_LEN]) -> Option<Self> {
        let [NO_OPERATION, NO_OPERATION, TIMESTAMPS, 10, body @ ..] = bytes else {
            return None;
        };
        Some(Self {
            timestamps: Some(timestamps(body)),
            ..Self::default()
        })
    }

    /// Reads the options of a header. Options that are unknown or malformed are ignored, and those
    /// behind an option of invalid length cannot be found.
    pub fn parse(mut bytes: &'a [u8]) -> Self {
        let mut options = Self::default();
        loop {
            bytes = match bytes {
                [] | [END, ..] => return options,
                [NO_OPERATION, rest @ ..] => rest,
                [MSS, 4, high, low, rest @ ..] => {
                    options.mss = Some(u16::from_be_bytes([*high, *low]));
                    rest
                }
                [WINDOW_SCALE, 3, shift, rest @ ..] => {
                    options.window_scale = Some((*shift).min(MAX_WINDOW_SCALE));
                    rest
                }
                [SACK_PERMITTED, 2, rest @ ..] => {
                    options.sack_permitted = true;
                    rest
                }
                [kind, length, ..] => {
                    let Some(body) = bytes.get(2..usize::from(*length)) else {
                        return options;
                    };
                    match *kind {
                        TIMESTAMPS => {
                            options.timestamps =
                                body.as_array().map(timestamps).or(options.timestamps);
                        }
                        SACK if body.len() % 8 == 0 => options.sack = body,
                        _ => {}
                    }
                    &bytes[2 + body.len()..]
                }
                [_] => return options,
            };
        }
    }

    /// Whether there are SACK blocks.
    pub fn has_sack(&self) -> bool {
        !self.sack.is_empty()
    }

    /// The SACK blocks, in the order of the header.
    pub fn sack_blocks(&self) -> impl Iterator<Item = SackBlock> + use<'a> {
        self.sack.chunks_exact(8).map(|block| SackBlock {
            start: SeqNumber(word(block, 0)),
            end: SeqNumber(word(block, 4)),
        })
    }
}

fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

fn timestamps(body: &[u8; 8]) -> Timestamps {
    Timestamps {
        value: word(body, 0),
        echo: word(body, 4),
    }
}

/// The options of a segment to send, as the bytes of its header.
#[derive(Debug, Clone, Copy)]
#[repr(C, align(8))]
pub struct OptionBytes {
    bytes: [u8; 40],
    length: u8,
}

impl OptionBytes {
    /// No options.
    pub const NONE: Self = Self {
        bytes: [NO_OPERATION; 40],
        length: 0,
    };

    /// The options, a multiple of four bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }

    /// The length in bytes, a multiple of four.
    pub const fn len(&self) -> usize {
        self.length as usize
    }

    fn push(&mut self, bytes: &[u8]) {
        let start = usize::from(self.length);
        self.bytes[start..start + bytes.len()].copy_from_slice(bytes);
        // At most 40.
        self.length += bytes.len() as u8;
    }

    fn push_word(&mut self, word: u32) {
        self.push(&word.to_be_bytes());
    }

    /// Adds the maximum segment size.
    pub fn mss(&mut self, mss: u16) {
        let [high, low] = mss.to_be_bytes();
        self.push(&[MSS, 4, high, low]);
    }

    /// Adds the window scale.
    pub fn window_scale(&mut self, shift: u8) {
        self.push(&[NO_OPERATION, WINDOW_SCALE, 3, shift]);
    }

    /// Adds that SACK may be used.
    pub fn sack_permitted(&mut self) {
        self.push(&[NO_OPERATION, NO_OPERATION, SACK_PERMITTED, 2]);
    }

    /// Adds the timestamps.
    pub fn timestamps(&mut self, timestamps: Timestamps) {
        self.push(&[NO_OPERATION, NO_OPERATION, TIMESTAMPS, 10]);
        self.push_word(timestamps.value);
        self.push_word(timestamps.echo);
    }

    /// Adds as many SACK blocks as there is room for.
    pub fn sack(&mut self, blocks: &[SackBlock]) {
        let room = (self.bytes.len() - self.len()).saturating_sub(4) / 8;
        let blocks = &blocks[..blocks.len().min(room)];
        if blocks.is_empty() {
            return;
        }
        // At most 4 blocks.
        self.push(&[NO_OPERATION, NO_OPERATION, SACK, 2 + 8 * blocks.len() as u8]);
        for block in blocks {
            self.push_word(block.start.0);
            self.push_word(block.end.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BLOCK: SackBlock = SackBlock {
        start: SeqNumber(1),
        end: SeqNumber(u32::MAX),
    };

    #[test]
    fn options_are_read_as_they_are_written() {
        let mut bytes = OptionBytes::NONE;
        bytes.mss(1460);
        bytes.sack_permitted();
        bytes.timestamps(Timestamps { value: 7, echo: 9 });
        bytes.window_scale(8);
        let options = Options::parse(bytes.as_bytes());
        assert_eq!(options.mss, Some(1460));
        assert_eq!(options.window_scale, Some(8));
        assert!(options.sack_permitted);
        assert_eq!(options.timestamps, Some(Timestamps { value: 7, echo: 9 }));
    }

    #[test]
    fn blocks_that_do_not_fit_are_left_out() {
        let mut bytes = OptionBytes::NONE;
        bytes.timestamps(Timestamps { value: 7, echo: 9 });
        bytes.sack(&[BLOCK; 4]);
        assert_eq!(Options::parse(bytes.as_bytes()).sack_blocks().count(), 3);
        let mut bytes = OptionBytes::NONE;
        bytes.sack(&[BLOCK; 4]);
        let options = Options::parse(bytes.as_bytes());
        assert!(options.sack_blocks().all(|block| block == BLOCK));
        assert_eq!(options.sack_blocks().count(), 4);
    }

    #[test]
    fn a_scale_beyond_14_is_14() {
        assert_eq!(Options::parse(&[3, 3, 99, 0]).window_scale, Some(14));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..=40)) {
            let options = Options::parse(&bytes);
            prop_assert!(options.sack_blocks().count() <= MAX_SACK_BLOCKS);
        }
    }
}
