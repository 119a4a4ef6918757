#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(web::name = "web")]
//~            ^^^^^^^^^^^^^^ MIR001
async fn main() {}
