#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel()]
const fn main() {}
//~^^ MIR065
