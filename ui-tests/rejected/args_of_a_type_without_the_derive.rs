#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

struct Told;

#[unikernel(args = Told)]
//~                ^^^^ E0277
async fn main(_args: Told) {}
