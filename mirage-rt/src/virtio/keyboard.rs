//! Ctrl, Alt and Del on a keyboard controller (i8042), by which a host without a power button requests
//! shutdown: Firecracker's `SendCtrlAltDel`.

/// What the keys send, in scan code sets 2 and 1. A controller that translates sends the latter.
const SETS: [[u8; 4]; 2] = [[0x14, 0x11, 0xe0, 0x71], [0x1d, 0x38, 0xe0, 0x53]];

/// The last bytes of a keyboard.
#[derive(Debug, Default)]
pub(super) struct ScanCodes([u8; 4]);

impl ScanCodes {
    /// Adds a byte. Returns whether it is the last of Ctrl, Alt and Del, pressed in this order.
    pub(super) fn push(&mut self, byte: u8) -> bool {
        let [_, a, b, c] = self.0;
        self.0 = [a, b, c, byte];
        SETS.contains(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pressed(bytes: &[u8]) -> usize {
        let mut codes = ScanCodes::default();
        bytes.iter().filter(|byte| codes.push(**byte)).count()
    }

    #[test]
    fn the_three_keys_are_recognised_in_both_sets() {
        assert_eq!(pressed(&[0x14, 0x11, 0xe0, 0x71]), 1);
        assert_eq!(pressed(&[0x1d, 0x38, 0xe0, 0x53]), 1);
        let released = [0xf0, 0x14, 0xf0, 0x11, 0xe0, 0xf0, 0x71];
        let twice = [
            &[0xfa, 0x14, 0x11, 0xe0, 0x71],
            &released[..],
            &[0x14, 0x11, 0xe0, 0x71],
        ];
        assert_eq!(pressed(&twice.concat()), 2);
    }

    #[test]
    fn other_keys_are_not() {
        assert_eq!(pressed(&[0x14, 0x11, 0x71]), 0, "the number pad's");
        assert_eq!(pressed(&[0x14, 0x1c, 0xe0, 0x71]), 0);
        assert_eq!(pressed(&[0; 100]), 0);
        assert_eq!(pressed(&[0xff; 100]), 0);
    }
}
