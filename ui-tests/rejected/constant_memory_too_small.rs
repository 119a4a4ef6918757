#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

mod plan {
    pub const MEMORY: &str = "1MiB";
}

#[unikernel(memory = plan::MEMORY)]
//~                  ^^^^^^^^^^^^ MIR051
async fn main() {}
