#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(net = "auto", ip = "10.0.0.2", tcp(), udp(), port())]
//~                                        ^^^ MIR005
//~                                               ^^^ MIR005
//~                                                      ^^^^ MIR005
async fn main() {}
