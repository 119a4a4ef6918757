//! An input read as a sequence of decisions.

/// Bytes that are taken from the front. Behind the end are zeros.
pub struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    /// All of `bytes`.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Returns whether all bytes were taken.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes bytes.
    pub fn bytes<const COUNT: usize>(&mut self) -> [u8; COUNT] {
        let mut bytes = [0; COUNT];
        let count = COUNT.min(self.0.len());
        let taken;
        (taken, self.0) = self.0.split_at(count);
        bytes[..count].copy_from_slice(taken);
        bytes
    }

    /// Takes a byte.
    pub fn u8(&mut self) -> u8 {
        u8::from_le_bytes(self.bytes())
    }

    /// Takes a number of 16 bits, little-endian.
    pub fn u16(&mut self) -> u16 {
        u16::from_le_bytes(self.bytes())
    }

    /// Takes a number of 32 bits, little-endian.
    pub fn u32(&mut self) -> u32 {
        u32::from_le_bytes(self.bytes())
    }

    /// Takes up to `count` bytes; fewer at the end.
    pub fn take(&mut self, count: usize) -> &'a [u8] {
        let taken;
        (taken, self.0) = self.0.split_at(count.min(self.0.len()));
        taken
    }
}
