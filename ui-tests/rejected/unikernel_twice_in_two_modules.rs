#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel]
async fn main() {}

mod admin {
    #[mirage_rt::unikernel]
    async fn main() {}
//~          ^^^^ E0428
}
