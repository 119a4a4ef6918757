//! Takes memory until there is none left.
#![no_std]
#![cfg_attr(not(test), no_main)]

extern crate alloc;

use alloc::vec::Vec;
use mirage_rt::unikernel;

#[unikernel(memory = "16MiB", targets("virtio", "hvt", "spt"))]
async fn main() {
    let mut kept = Vec::new();
    loop {
        kept.push(core::hint::black_box(Vec::<u8>::with_capacity(1 << 20)));
    }
}
