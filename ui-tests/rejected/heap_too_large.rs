#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(heap = "999999GiB")]
//~                ^^^^^^^^^^^ MIR057
async fn main() {}
