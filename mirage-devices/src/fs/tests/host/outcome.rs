//! What an operation returns, and what of it is compared.

use alloc::vec::Vec;

/// A value, or an error number.
pub type Outcome = Result<Value, i32>;

#[derive(Debug, PartialEq, Eq)]
pub enum Value {
    Nothing,
    Number(u64),
    Bytes(Vec<u8>),
    Stat(Stat),
    /// Names, and whether each is a directory's.
    Entries(Vec<(Vec<u8>, bool)>),
}

/// The metadata. Hosts differ in the lengths and the links of directories.
#[derive(Debug, PartialEq, Eq)]
pub enum Stat {
    Directory,
    File { length: u64, links: u64 },
}

/// Bytes that differ by position and seed.
pub fn pattern(count: usize, seed: u8) -> Vec<u8> {
    let bytes = (0..count).map(|index| (index / 7) as u8 ^ seed);
    bytes.collect()
}
