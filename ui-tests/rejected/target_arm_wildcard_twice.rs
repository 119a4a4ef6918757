#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

#[unikernel(net = "virtio", ip = "10.0.0.2", tcp(http = 80), targets("unix", "virtio"),
    memory = match target { unix => "16MiB", _ => "32MiB", _ => "33MiB" })]
//~                                                        ^ MIR046
async fn main(http: TcpListener) {
    drop(http);
}
