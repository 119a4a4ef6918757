#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(args = Arguments)]
//~                ^^^^^^^^^ E0277
async fn main(args: Arguments) {
    drop(args);
}

#[derive(Args)]
//~      ^^^^ error
struct Arguments {
    port: u16,
}
