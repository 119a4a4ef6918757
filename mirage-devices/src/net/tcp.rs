//! TCP (RFC 9293), sans-I/O: segments in, segments out, and one deadline.

mod congestion;
mod connection;
mod counters;
mod delivery_rate;
mod flow;
mod flow_table;
mod inline_deque;
mod isn;
mod listener;
mod nanos;
mod options;
mod page_queue;
mod path;
mod pool;
mod prr;
mod rack;
mod receiver;
mod recovery;
mod rtt;
mod scoreboard;
mod secret;
mod segment;
mod sender;
mod seq;
mod syn_cookie;
mod syn_queue;
#[cfg(test)]
mod tests;
mod time_wait;
mod timer_wheel;
mod transport;

pub use congestion::{Ack, Algorithm, Congestion, Window};
pub use connection::{KeepAlive, State};
pub use counters::Counters;
pub use delivery_rate::RateSample;
pub use listener::ConnectionConfig;
pub use pool::Pool;
pub use seq::SeqNumber;
pub use transport::{Transport, calls::ConnectionId};
