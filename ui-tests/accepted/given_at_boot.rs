#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{Args, net::TcpListener, unikernel};

/// The boot arguments.
#[derive(Args)]
struct Opts {
    /// How often
    #[arg(default = "3")]
    count: u16,
}

#[unikernel(net = "virtio", ip = boot("10.0.0.2/24"), gateway = boot("10.0.0.1"), log = boot, name = boot("web"), args = Opts, tcp(http = 28068))]
async fn main(http: TcpListener, args: Opts) {
    assert_eq!(args.count, 3);
    assert_eq!(mirage_rt::name(), "web");
    let _ = http;
}
