#![no_std]
#![cfg_attr(not(test), no_main)]
#![allow(non_upper_case_globals)]

use mirage_rt::{net::TcpListener, unikernel};

// User items with the names of nodes, or of items that the expansion might contain.
const http: u16 = 80;
const cause: u8 = 1;
const result: u8 = 1;
const device: u8 = 1;
const clock: u8 = 1;
static net: u8 = 1;
static random: u8 = 1;

#[unikernel(net = "virtio", ip = "10.0.0.2", tcp(http = 28080))]
async fn main(_http: TcpListener) {
    let _ = (http, cause, result, device, clock, net, random);
}
