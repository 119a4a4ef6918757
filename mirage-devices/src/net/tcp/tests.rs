//! Tests of the transport: two of them, or one and a script, in virtual time.

mod acknowledgments;
mod bulk;
mod calls;
mod closing;
mod fuzz;
mod hostile;
mod icmp;
mod opening;
mod options;
mod orphans;
mod path;
mod predicted;
mod reordering;
mod response;
mod retransmission;
mod seeds;
mod selective;
mod smoltcp;
mod spurious;
mod timestamps;
mod unreachable;
mod urgent;
mod window;
mod wire;
mod world;
mod writing;
