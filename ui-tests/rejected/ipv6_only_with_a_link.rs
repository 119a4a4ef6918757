#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::Remote, unikernel};

#[unikernel(net = "auto", ip6 = "fd00::2/64", connect(payments = "192.0.2.7:443"))]
//~                                                   ^^^^^^^^ MIR120
async fn main(_payments: Remote) {}
