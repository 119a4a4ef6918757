#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

pub fn outer() {
    #[unikernel]
    async fn main() {}
//~          ^^^^ error
}
