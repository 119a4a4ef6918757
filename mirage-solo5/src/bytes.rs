//! Fields of fixed layouts. An offset outside the layout is a mistake of this crate.

/// Returns the `N` bytes at `offset`.
pub const fn get<const N: usize>(bytes: &[u8], offset: usize) -> [u8; N] {
    let (_, rest) = bytes.split_at(offset);
    *rest.first_chunk().expect("the field is in the layout")
}

/// Writes `field` at `offset`.
pub const fn put(bytes: &mut [u8], offset: usize, field: &[u8]) {
    let (_, rest) = bytes.split_at_mut(offset);
    let (place, _) = rest.split_at_mut(field.len());
    place.copy_from_slice(field);
}

/// Returns the number at `offset`.
pub const fn u32_at(bytes: &[u8], offset: usize) -> u32 {
    u32::from_le_bytes(get(bytes, offset))
}
