#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

struct Opts;

#[unikernel(args = Opts)]
//~                ^^^^ E0277
async fn main(_args: Opts) {}
