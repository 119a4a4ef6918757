#![no_std]
#![cfg_attr(not(test), no_main)]

use core::future::ready;
use mirage_rt::{select, unikernel};

#[unikernel]
async fn main() {
    select! {
        Some(number) = ready(1) => drop(number),
//~     ^^^^^^^^^^^^ E0308
//~     ^^^^^^^^^^^^ E0308
        else => {}
    }
}
