//! The traits by which connections are read and written, those of `embedded-io-async`, and what copies between
//! connections.

mod copy_bidirectional;

pub use copy_bidirectional::copy_bidirectional;
#[doc(no_inline)]
pub use embedded_io_async::*;
