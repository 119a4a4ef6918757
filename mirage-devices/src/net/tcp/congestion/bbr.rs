//! BBR, version 3 (draft-ietf-ccwg-bbr-04): the rate and the window follow a model of the path, which is its
//! bandwidth, its smallest round-trip time, and how much in flight it takes without losses above 2 %.
//!
//! The draft keeps with each packet what was in flight and lost when it was sent. Here the records of sent data
//! stay as small as other algorithms need them: what was in flight is what was delivered and lost since
//! (`sample`), and `losses` remembers when bytes were lost.

mod aggregation;
mod bandwidth;
mod bounds;
mod cycle;
mod losses;
mod min_rtt;
mod model;
mod probe_bw;
mod probe_rtt;
mod round;
mod sample;
mod short_term;
mod startup;

pub use model::Bbr;
