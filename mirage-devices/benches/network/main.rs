//! Instructions that the layers of the network stack take for a packet, counted by callgrind.
//!
//! `cargo bench -p mirage-devices` runs itself under valgrind. The driver is not included: the link is one
//! buffer. A loop is the application, except in `sockets.rs`, which has a task.

mod allocator;
mod callgrind;
mod connections;
mod datagrams;
mod link;
mod sockets;

fn main() {
    let rows = [datagrams::rows(), sockets::rows(), connections::rows()];
    callgrind::print(&rows.into_iter().flatten().collect::<Vec<_>>());
}
