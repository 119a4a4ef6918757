#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::TcpListener, unikernel};

#[unikernel(
    net = "vritio",
//~       ^^^^^^^^ MIR040
    ip = "10.0.0.300",
//~      ^^^^^^^^^^^^ MIR020
    gatewy = "10.0.0.1",
//~ ^^^^^^ MIR002
    mac = "03:00:00:00:00:01",
//~       ^^^^^^^^^^^^^^^^^^^ MIR026
    tcp(http = 0, admin = 8080, status = 8080),
//~            ^ MIR030
//~                                      ^^^^ MIR031
    memory = "16MB",
//~          ^^^^^^ MIR050
    name = "web",
    name = "again",
//~ ^^^^ MIR003
    targets("unix", "vax"),
//~                 ^^^^^ MIR042
)]
pub fn main(_http: TcpListener, _admin: TcpListener, _status: TcpListener) {}
//~ ^^ MIR061
