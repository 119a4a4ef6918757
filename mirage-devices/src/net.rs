//! The network: links that carry Ethernet frames, and the stack on top of them.

pub mod link;
