//! What the targets `hvt` and `spt` have in common: both are guests of a Solo5 tender, which attaches
//! the devices that the image's manifest names.

pub(crate) mod guest_memory;
pub(crate) mod manifest;
#[cfg(mirage_target)]
pub mod notes;
pub(crate) mod pace;

#[cfg(mirage_target)]
pub(crate) mod arguments;
#[cfg(mirage_target)]
pub(crate) mod block;
#[cfg(mirage_target)]
pub(crate) mod entropy;
#[cfg(mirage_target)]
mod entry;
#[cfg(mirage_target)]
pub(crate) mod interface;
#[cfg(mirage_target)]
pub(crate) mod readiness;
