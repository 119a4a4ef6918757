//! A queue of values from several tasks to one.

mod bounded;
pub mod error;
mod unbounded;

pub use self::{
    bounded::{Receiver, Sender, channel},
    unbounded::{UnboundedReceiver, UnboundedSender, unbounded_channel},
};

#[cfg(test)]
mod tests;
