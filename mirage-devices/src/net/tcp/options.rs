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

/// Words that the options of a SYN consist of in most stacks, followed by their values.
const MSS_WORD: u32 = u32::from_be_bytes([MSS, 4, 0, 0]);
const WINDOW_SCALE_WORD: u32 = u32::from_be_bytes([NO_OPERATION, WINDOW_SCALE, 3, 0]);
const SACK_PERMITTED_WORD: u32 =
    u32::from_be_bytes([NO_OPERATION, NO_OPERATION, SACK_PERMITTED, 2]);
const TIMESTAMPS_WORD: u32 = u32::from_be_bytes([NO_OPERATION, NO_OPERATION, TIMESTAMPS, 10]);
const SACK_AND_TIMESTAMPS_WORD: u32 = u32::from_be_bytes([SACK_PERMITTED, 2, TIMESTAMPS, 10]);

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
    pub fn parse(bytes: &'a [u8]) -> Self {
        let mut options = Self::default();
        let rest = options.parse_aligned(bytes);
        options.parse_any(rest);
        options
    }

    /// Reads options in front that are aligned to words, as those of most SYNs are: in the layout of RFC 7323,
    /// appendix A, or in Linux's, which has timestamps behind "SACK permitted". Returns the rest.
    #[inline]
    fn parse_aligned(&mut self, mut bytes: &'a [u8]) -> &'a [u8] {
        while let Some((first, mut rest)) = bytes.split_first_chunk::<4>() {
            match u32::from_be_bytes(*first) {
                word if word >> 16 == MSS_WORD >> 16 => self.mss = Some(word as u16),
                word if word >> 8 == WINDOW_SCALE_WORD >> 8 => {
                    self.window_scale = Some((word as u8).min(MAX_WINDOW_SCALE));
                }
                SACK_PERMITTED_WORD => self.sack_permitted = true,
                word @ (TIMESTAMPS_WORD | SACK_AND_TIMESTAMPS_WORD) => {
                    let Some((body, behind)) = rest.split_first_chunk() else {
                        return bytes;
                    };
                    self.sack_permitted |= word == SACK_AND_TIMESTAMPS_WORD;
                    self.timestamps = Some(timestamps(body));
                    rest = behind;
                }
                _ => return bytes,
            }
            bytes = rest;
        }
        bytes
    }

    /// Reads options one after another, wherever they are.
    fn parse_any(&mut self, mut bytes: &'a [u8]) {
        while let [kind, behind @ ..] = bytes {
            if *kind == NO_OPERATION {
                bytes = behind;
                continue;
            }
            let [length, ..] = behind else {
                break;
            };
            let Some((option, rest)) = bytes.split_at_checked(usize::from(*length)) else {
                break;
            };
            bytes = rest;
            match option {
                // The length counts both bytes.
                [END, ..] | [] | [_] => break,
                [MSS, _, high, low] => self.mss = Some(u16::from_be_bytes([*high, *low])),
                [WINDOW_SCALE, _, shift] => {
                    self.window_scale = Some((*shift).min(MAX_WINDOW_SCALE));
                }
                [SACK_PERMITTED, _] => self.sack_permitted = true,
                [TIMESTAMPS, _, body @ ..] => {
                    self.timestamps = body.as_array().map(timestamps).or(self.timestamps);
                }
                [SACK, _, body @ ..] if body.len() % 8 == 0 => self.sack = body,
                _ => {}
            }
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

/// Maximum number of options in a header, in words of four bytes.
const MAX_WORDS: usize = 10;

/// The options of a segment to send, as the words of its header.
#[derive(Debug, Clone, Copy)]
#[repr(C, align(8))]
pub struct OptionBytes {
    chunks: [[u8; 4]; MAX_WORDS],
    /// How many words are used.
    count: u8,
}

impl OptionBytes {
    /// No options.
    pub const NONE: Self = Self {
        chunks: [[0; 4]; MAX_WORDS],
        count: 0,
    };

    /// The options, padded to words of four bytes.
    #[inline]
    pub fn chunks(&self) -> &[[u8; 4]] {
        self.chunks.get(..usize::from(self.count)).unwrap_or(&[])
    }

    /// The length in bytes, a multiple of four.
    #[inline]
    pub const fn len(&self) -> usize {
        self.count as usize * 4
    }

    /// Adds a word. There is room for all options that the stack sends.
    fn push(&mut self, word: [u8; 4]) {
        if let Some(next) = self.chunks.get_mut(usize::from(self.count)) {
            *next = word;
            self.count += 1;
        }
    }

    /// Adds the maximum segment size.
    pub fn mss(&mut self, mss: u16) {
        let [high, low] = mss.to_be_bytes();
        self.push([MSS, 4, high, low]);
    }

    /// Adds the window scale.
    pub fn window_scale(&mut self, shift: u8) {
        self.push([NO_OPERATION, WINDOW_SCALE, 3, shift]);
    }

    /// Adds that SACK may be used.
    pub fn sack_permitted(&mut self) {
        self.push([NO_OPERATION, NO_OPERATION, SACK_PERMITTED, 2]);
    }

    /// Adds the timestamps.
    pub fn timestamps(&mut self, timestamps: Timestamps) {
        self.push([NO_OPERATION, NO_OPERATION, TIMESTAMPS, 10]);
        self.push(timestamps.value.to_be_bytes());
        self.push(timestamps.echo.to_be_bytes());
    }

    /// Adds as many SACK blocks as there is room for.
    pub fn sack(&mut self, blocks: &[SackBlock]) {
        let room = (MAX_WORDS - usize::from(self.count)).saturating_sub(1) / 2;
        let blocks = &blocks[..blocks.len().min(room)];
        if blocks.is_empty() {
            return;
        }
        // At most 4 blocks.
        self.push([NO_OPERATION, NO_OPERATION, SACK, 2 + 8 * blocks.len() as u8]);
        for block in blocks {
            self.push(block.start.0.to_be_bytes());
            self.push(block.end.0.to_be_bytes());
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
        let options = Options::parse(bytes.chunks().as_flattened());
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
        assert_eq!(
            Options::parse(bytes.chunks().as_flattened())
                .sack_blocks()
                .count(),
            3
        );
        let mut bytes = OptionBytes::NONE;
        bytes.sack(&[BLOCK; 4]);
        let options = Options::parse(bytes.chunks().as_flattened());
        assert!(options.sack_blocks().all(|block| block == BLOCK));
        assert_eq!(options.sack_blocks().count(), 4);
    }

    #[test]
    fn a_scale_beyond_14_is_14() {
        assert_eq!(Options::parse(&[3, 3, 99, 0]).window_scale, Some(14));
    }

    #[test]
    fn the_options_of_linux_are_read() {
        let bytes = [
            2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0, 0, 7, 0, 0, 0, 9, 1, 3, 3, 7,
        ];
        let options = Options::parse(&bytes);
        assert_eq!((options.mss, options.window_scale), (Some(1460), Some(7)));
        assert!(options.sack_permitted);
        assert_eq!(options.timestamps, Some(Timestamps { value: 7, echo: 9 }));
    }

    /// Some options, or bytes that are none.
    fn pieces() -> impl Strategy<Value = std::vec::Vec<u8>> {
        let word = |kinds: &'static [u8]| Just(kinds.to_vec());
        let piece = prop_oneof![
            word(&[MSS, 4, 5, 0xb4]),
            word(&[SACK_PERMITTED, 2]),
            word(&[WINDOW_SCALE, 3, 200]),
            word(&[TIMESTAMPS, 10, 1, 2, 3, 4, 5, 6, 7, 8]),
            word(&[SACK, 10, 0, 0, 0, 1, 0, 0, 0, 2]),
            word(&[NO_OPERATION]),
            word(&[NO_OPERATION, NO_OPERATION]),
            any::<u8>().prop_map(|byte| std::vec![byte]),
        ];
        proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        /// Where options are has no effect on what they are.
        #[test]
        fn aligned_options_are_read_like_others(bytes in pieces()) {
            let mut expected = Options::default();
            expected.parse_any(&bytes);
            prop_assert_eq!(std::format!("{:?}", Options::parse(&bytes)), std::format!("{expected:?}"));
        }

        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..=40)) {
            let options = Options::parse(&bytes);
            prop_assert!(options.sack_blocks().count() <= MAX_SACK_BLOCKS);
        }
    }
}
