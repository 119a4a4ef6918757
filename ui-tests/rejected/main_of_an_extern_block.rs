#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

unsafe extern "C" {
    #[unikernel]
    fn main();
//~    ^^^^ MIR060
}
