//! The network: links that carry Ethernet frames, and the stack on top of them.

mod error;
pub mod link;

pub use error::{Error, UdpError};
