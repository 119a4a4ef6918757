//! Tests of the whole forwarder between two in-memory links, under virtual time.

mod clients;
mod forgery;
mod forwarding;
mod lab;
mod nonsense;
pub mod zone;
