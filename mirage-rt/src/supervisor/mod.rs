//! What images have that run in the processor's supervisor mode: page tables, segments and exceptions
//! of their own.

pub(crate) mod paging;

#[cfg(mirage_target)]
pub(crate) mod descriptors;
#[cfg(mirage_target)]
mod exceptions;
#[cfg(mirage_target)]
pub(crate) mod layout;
