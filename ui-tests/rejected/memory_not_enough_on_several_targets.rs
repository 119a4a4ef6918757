#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

// The targets differ in what they need, and one place is wrong.
#[unikernel(heap = "2MiB", memory = "2MiB", log = match target { unix => "info", _ => "warn" })]
//~                                 ^^^^^^ MIR053
async fn main() {}
