#![no_std]

use mirage_rt::unikernel;

#[unikernel]
async fn main() {}
//~      ^^^^ E0277
