//! Bytes at physical addresses, read with every length checked.

/// Memory that firmware or loader left something in.
pub(crate) trait PhysicalMemory {
    /// The `length` bytes at `address`; `None` where there is no such memory.
    fn bytes(&self, address: u64, length: usize) -> Option<&[u8]>;
}

/// The little-endian number of 16 bits at `offset` in `bytes`.
pub(crate) fn u16_at(bytes: &[u8], offset: usize) -> Option<u16> {
    Some(u16::from_le_bytes(
        *bytes.get(offset..)?.first_chunk::<2>()?,
    ))
}

/// The little-endian number of 32 bits at `offset` in `bytes`.
pub(crate) fn u32_at(bytes: &[u8], offset: usize) -> Option<u32> {
    Some(u32::from_le_bytes(
        *bytes.get(offset..)?.first_chunk::<4>()?,
    ))
}

/// The little-endian number of 64 bits at `offset` in `bytes`.
pub(crate) fn u64_at(bytes: &[u8], offset: usize) -> Option<u64> {
    Some(u64::from_le_bytes(
        *bytes.get(offset..)?.first_chunk::<8>()?,
    ))
}

#[cfg(test)]
pub(crate) mod fake {
    //! Memory made of a few pieces, for tests.
    use super::PhysicalMemory;
    use std::vec::Vec;

    #[derive(Default)]
    pub(crate) struct Pieces(pub(crate) Vec<(u64, Vec<u8>)>);

    impl PhysicalMemory for Pieces {
        fn bytes(&self, address: u64, length: usize) -> Option<&[u8]> {
            self.0.iter().find_map(|(base, bytes)| {
                let start = usize::try_from(address.checked_sub(*base)?).ok()?;
                bytes.get(start..start.checked_add(length)?)
            })
        }
    }
}
