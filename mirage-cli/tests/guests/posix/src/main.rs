//! Calls the C library directly and prints the result of each step. The output of the process on Linux and that of
//! the image are the same.

mod calls;
mod descriptors;
mod epoll;
mod errors;
mod limits;
mod options;
mod pairs;
mod poll;
mod report;
mod reset;
mod sockets;
mod tcp;
mod udp;

#[cfg_attr(feature = "unikernel", mirage_rt::unikernel(heap = "64MiB"))]
fn main() {
    errors::run();
    tcp::run();
    reset::run();
    udp::run();
    options::run();
    pairs::run();
    descriptors::run();
    poll::run();
    epoll::run();
    limits::run();
    println!("end");
}
