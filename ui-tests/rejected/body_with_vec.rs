#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel]
async fn main() {
    let _ = vec![1];
//~         ^^^ error
}
