//! The whole forwarder between two networks in memory, where waiting takes no time.

mod clients;
mod forgery;
mod forwarding;
mod lab;
mod nonsense;
pub mod zone;
