#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

#[allow(non_camel_case_types, dead_code)]
struct str;

#[allow(non_camel_case_types, dead_code)]
struct u16;

const ADDRESS: &core::primitive::str = "10.0.0.2";
const PORT: core::primitive::u16 = 28133;

#[unikernel(net = "virtio", ip = ADDRESS, tcp(http = PORT))]
async fn main(http: TcpListener) {
    assert_eq!(http.port(), 28133);
}
