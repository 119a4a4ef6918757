//! The stack against itself, a raw smoltcp interface, and segments made by hand, in virtual time.

mod cable;
mod client;
mod echo;
mod world;
