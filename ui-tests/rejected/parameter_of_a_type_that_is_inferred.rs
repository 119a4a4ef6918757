#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(net = "virtio", ip = "10.0.0.2", tcp(http = 80))]
async fn main(http: _) {
//~                 ^ MIR069
    drop(http);
}
