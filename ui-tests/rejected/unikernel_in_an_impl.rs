#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

struct Server;

impl Server {
    #[unikernel]
    async fn main() {}
//~          ^^^^ E0425
//~          ^^^^ E0425
//~          ^^^^ error
//~          ^^^^ error
//~          ^^^^ error
}
