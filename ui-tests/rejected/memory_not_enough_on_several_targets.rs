#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

// The targets need different amounts, but there is only one error.
#[unikernel(heap = "2MiB", memory = "2MiB", log = match target { unix => "info", _ => "warn" })]
//~                                 ^^^^^^ MIR053
async fn main() {}
