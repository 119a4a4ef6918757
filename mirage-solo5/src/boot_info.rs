//! The boot information that a tender passes to the guest (`include/spt_abi.h` and `hvt_abi.h`).
//!
//! Addresses are those of the guest's memory.

use crate::bytes::{get, put};

/// Defines a structure with a fixed layout: `field: type = offset`.
macro_rules! layout {
    (
        $(#[$attribute:meta])*
        pub struct $name:ident: $length:literal {
            $($(#[$field_attribute:meta])* $field:ident: $type:ty = $offset:literal,)*
        }
    ) => {
        $(#[$attribute])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name {
            $($(#[$field_attribute])* pub $field: $type,)*
        }

        impl $name {
            /// The length, in bytes.
            pub const LEN: usize = $length;

            /// Reads the structure.
            pub const fn from_bytes(bytes: &[u8; Self::LEN]) -> Self {
                Self {
                    $($field: <$type>::from_le_bytes(get(bytes, $offset)),)*
                }
            }

            /// Returns the structure as it is in memory.
            pub const fn to_bytes(self) -> [u8; Self::LEN] {
                let mut bytes = [0; Self::LEN];
                $(put(&mut bytes, $offset, &self.$field.to_le_bytes());)*
                bytes
            }
        }
    };
}

layout! {
    /// The boot information of `spt` (`struct spt_boot_info`).
    pub struct Spt: 40 {
        /// The end of the guest's memory.
        memory_end: u64 = 0,
        /// The end of the image.
        kernel_end: u64 = 8,
        /// The address of the command line, which a NUL ends.
        command_line: u64 = 16,
        /// The address of the manifest.
        manifest: u64 = 24,
        /// The epoll descriptor, readable when a device or the timer is.
        epoll: i32 = 32,
        /// The timer's descriptor.
        timer: i32 = 36,
    }
}

layout! {
    /// The boot information of `hvt` (`struct hvt_boot_info`), as in every release of Solo5.
    pub struct Hvt: 40 {
        /// The end of the guest's memory.
        memory_end: u64 = 0,
        /// The end of the image.
        kernel_end: u64 = 8,
        /// The frequency of the time stamp counter, in hertz.
        cycle_frequency: u64 = 16,
        /// The address of the command line, which a NUL ends.
        command_line: u64 = 24,
        /// The address of the manifest.
        manifest: u64 = 32,
    }
}

layout! {
    /// What follows [`Hvt`] since release 0.11.
    pub struct HvtRing: 16 {
        /// The host's features.
        features: u32 = 0,
        /// The address of the ring by which frames are exchanged without hypercalls.
        address: u64 = 8,
    }
}

impl HvtRing {
    /// The feature that there is a ring.
    pub const HAS_RING: u32 = 1;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let spt = Spt {
            memory_end: 1,
            kernel_end: 2,
            command_line: 3,
            manifest: 4,
            epoll: 5,
            timer: -6,
        };
        let bytes = spt.to_bytes();
        assert_eq!(Spt::from_bytes(&bytes), spt);
        assert_eq!((bytes[8], bytes[24], bytes[32]), (2, 4, 5));
        let hvt = Hvt {
            memory_end: 1,
            kernel_end: 2,
            cycle_frequency: 3,
            command_line: 4,
            manifest: 5,
        };
        let bytes = hvt.to_bytes();
        assert_eq!(Hvt::from_bytes(&bytes), hvt);
        assert_eq!((bytes[16], bytes[32]), (3, 5));
        let ring = HvtRing {
            features: HvtRing::HAS_RING,
            address: 7,
        };
        assert_eq!(HvtRing::from_bytes(&ring.to_bytes()), ring);
    }
}
