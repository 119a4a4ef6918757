//! A stub resolver (RFC 1034, section 5.3.1): addresses of hosts, from recursive name servers.
//!
//! It does no input or output itself. [`find_local`] answers what is known, and otherwise [`Lookup`] decides which
//! server is asked, and what its messages say.

mod cache;
mod error;
mod hosts;
mod local;
mod lookup;
mod message;
mod name;
#[cfg(test)]
mod tests;

pub use cache::Cache;
pub use error::LookupError;
pub use hosts::Hosts;
pub use local::{Local, find_local};
pub use lookup::{Lookup, MAX_SERVERS, Outcome, Step, Transport};
pub use message::{MAX_UDP_LEN, RecordType};
pub use name::Name;

/// The port of name servers.
pub const PORT: u16 = 53;
