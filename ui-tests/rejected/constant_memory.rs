#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

mod plan {
    pub const MEMORY: &str = "16MB";
}

#[unikernel(memory = plan::MEMORY)]
//~                  ^^^^^^^^^^^^ MIR050
async fn main() {}
