#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(memory = "99999999999999999999GiB")]
//~                  ^^^^^^^^^^^^^^^^^^^^^^^^^ MIR050
async fn main() {}
