//! Instructions that the layers of the next network core take for a packet, counted by callgrind.
//!
//! `cargo bench -p mirage-devices` runs itself under valgrind. Driver and task are not included: the link
//! is one buffer, and a loop is the application.

mod allocator;
mod callgrind;
mod connections;
mod datagrams;
mod link;

fn main() {
    let rows = datagrams::rows().into_iter().chain(connections::rows());
    callgrind::print(&rows.collect::<Vec<_>>());
}
