//! Checked reads of physical memory.

/// Memory that contains tables of the firmware or the loader.
pub(crate) trait PhysicalMemory {
    /// Returns `length` bytes at `address`; `None` if there is no such memory.
    fn bytes(&self, address: u64, length: usize) -> Option<&[u8]>;
}

#[cfg(test)]
pub(crate) mod fake {
    //! Memory made of a few pieces, for tests.
    use super::PhysicalMemory;
    use std::vec::Vec;

    #[derive(Default)]
    pub(crate) struct Pieces(pub(crate) Vec<(u64, Vec<u8>)>);

    impl Pieces {
        /// The pieces as an input of the fuzzer: each with its address and length before it.
        pub(crate) fn encode(&self) -> Vec<u8> {
            let mut input = Vec::new();
            for (address, bytes) in &self.0 {
                input.extend((*address as u32).to_le_bytes());
                input.extend((bytes.len() as u16).to_le_bytes());
                input.extend(bytes);
            }
            input
        }

        /// The pieces of an input, whatever is in it.
        pub(crate) fn decode(input: &[u8]) -> Self {
            let mut input = fuzzing::Input::new(input);
            let mut pieces = Vec::new();
            while !input.is_empty() {
                let address = input.u32().into();
                let length = input.u16().into();
                pieces.push((address, input.take(length).to_vec()));
            }
            Self(pieces)
        }
    }

    impl PhysicalMemory for Pieces {
        fn bytes(&self, address: u64, length: usize) -> Option<&[u8]> {
            self.0.iter().find_map(|(base, bytes)| {
                let start = usize::try_from(address.checked_sub(*base)?).ok()?;
                bytes.get(start..start.checked_add(length)?)
            })
        }
    }
}
