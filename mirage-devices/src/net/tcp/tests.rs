//! Tests of the transport: two of them, or one and a script, in virtual time.

mod bulk;
mod closing;
mod hostile;
mod opening;
mod path;
mod seeds;
mod selective;
mod wire;
mod world;
