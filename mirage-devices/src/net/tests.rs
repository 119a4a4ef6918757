//! The stack against itself, a raw smoltcp interface, and segments made by hand, in virtual time.

mod address;
mod bulk;
mod cable;
mod client;
mod closing;
mod connect;
mod crowd;
mod datagrams;
mod device;
mod dhcp;
mod echo;
mod ephemeral;
mod exchange;
mod faults;
mod flood;
mod hand;
mod idle;
mod instant;
mod limits;
mod nonsense;
mod probe;
mod ready;
mod reset;
mod seams;
mod urgent;
mod world;
