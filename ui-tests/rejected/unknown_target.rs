#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(targets("unix", "vitrio"))]
//~                         ^^^^^^^^ MIR042
async fn main() {}
