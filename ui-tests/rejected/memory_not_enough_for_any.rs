#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(heap = "17179869183GiB", memory = "16MiB")]
//~                                           ^^^^^^^ MIR053
async fn main() {}
