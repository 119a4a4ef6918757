#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

trait Service {
    #[unikernel]
    async fn main();
//~          ^^^^ MIR060
}
