//! Tests of the transport: two of them, or one and a script, in virtual time.

mod bulk;
mod closing;
mod fuzz;
mod hostile;
mod opening;
mod path;
mod seeds;
mod selective;
mod smoltcp;
mod wire;
mod world;
