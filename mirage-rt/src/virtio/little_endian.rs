//! Numbers in tables of the firmware and the loader.

/// The little-endian number of 16 bits at `offset` in `bytes`.
pub(super) fn u16_at(bytes: &[u8], offset: usize) -> Option<u16> {
    Some(u16::from_le_bytes(
        *bytes.get(offset..)?.first_chunk::<2>()?,
    ))
}

/// The little-endian number of 32 bits at `offset` in `bytes`.
pub(super) fn u32_at(bytes: &[u8], offset: usize) -> Option<u32> {
    Some(u32::from_le_bytes(
        *bytes.get(offset..)?.first_chunk::<4>()?,
    ))
}

/// The little-endian number of 64 bits at `offset` in `bytes`.
pub(super) fn u64_at(bytes: &[u8], offset: usize) -> Option<u64> {
    Some(u64::from_le_bytes(
        *bytes.get(offset..)?.first_chunk::<8>()?,
    ))
}
