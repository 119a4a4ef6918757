//! TCP (RFC 9293), sans-I/O: segments in, segments out, and one deadline.

mod budget;
mod compact_time;
mod congestion;
mod connection;
mod counters;
mod delivery_rate;
mod ecn;
mod flow;
mod flow_table;
mod inline_deque;
mod isn;
mod listener;
mod nanos;
mod on_demand;
mod options;
mod page_queue;
mod path;
mod path_search;
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
mod sent_data;
mod seq;
mod slots;
mod syn_cookie;
mod syn_queue;
#[cfg(test)]
mod tests;
mod time_wait;
mod timer_wheel;
mod transport;

pub use budget::Budget;
pub use congestion::{Ack, Algorithm, Congestion, Window};
pub use connection::{KeepAlive, State};
pub use counters::Counters;
pub use delivery_rate::RateSample;
pub use ecn::EcnMode;
pub use listener::ConnectionConfig;
pub(super) use listener::MAX_ACCEPT_QUEUE;
pub use pool::Pool;
pub(super) use segment::ports_of_syn;
pub use seq::SeqNumber;
#[cfg(test)]
pub(super) use syn_queue::MAX_HALF_OPEN_PER_PORT;
pub use transport::{
    Transport,
    calls::{ConnectionId, Watched},
};

/// The memory that a connection takes, in bytes: its records, and in each direction its own page and one of
/// the pool.
pub(super) const CONNECTION_MEMORY: usize = size_of::<connection::Connection>()
    + size_of::<recovery::Recovery>()
    + sender::FLIGHT_MEMORY
    + super::spare::TABLE_MEMORY
    + 2 * (page_queue::RESERVED_PAGE + pool::SMALL_PAGE);
