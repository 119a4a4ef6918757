#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{console::Console, unikernel};

#[unikernel]
async fn main(#[cfg(debug_assertions)] _console: Console) {}
//~           ^^^^^^^^^^^^^^^^^^^^^^^^ MIR067
