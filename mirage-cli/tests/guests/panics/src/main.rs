//! Panics two calls deep, so that the report has something to name.
#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel]
async fn main() {
    outer();
}

#[inline(never)]
fn outer() {
    inner(core::hint::black_box(3));
}

#[inline(never)]
fn inner(number: u32) {
    panic!("number {number} is unlucky");
}
