#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::Service, unikernel};

#[unikernel(net = "auto", ip = "10.0.0.2", port(dns(port = 53, receive = "8KiB")))]
//~                                                            ^^^^^^^ MIR002
async fn main(_dns: Service) {}
