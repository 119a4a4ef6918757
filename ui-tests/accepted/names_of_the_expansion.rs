#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{console::Console, net::TcpListener, unikernel};

// The user's crate may use the names that the expansion uses.
struct Start;
struct Run;
const IMAGE: Start = Start;
const MANIFEST: Run = Run;
static NET: u8 = 0;
mod graph {}
mod core {}

#[unikernel(net = "virtio", ip = "10.0.0.2", tcp(graph = 28080, driver = 28081, machine = 28082))]
async fn main(graph: TcpListener, driver: TcpListener, machine: TcpListener, console: Console) {
    let _ = (graph, driver, machine, console, IMAGE, MANIFEST, NET);
}
