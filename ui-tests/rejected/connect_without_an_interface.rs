#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::Remote, unikernel};

#[unikernel(connect(payments = "192.0.2.7:443"))]
//~         ^^^^^^^ MIR007
async fn main(_payments: Remote) {}
