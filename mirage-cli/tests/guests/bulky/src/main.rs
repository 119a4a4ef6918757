//! Is larger than its declared memory, which shows only when the image is linked.
#![no_std]
#![cfg_attr(not(test), no_main)]

use core::hint::black_box;
use mirage_rt::unikernel;

static TABLE: [u64; 1 << 18] = [7; 1 << 18];

#[unikernel(memory = "2MiB", targets("virtio", "hvt", "spt"))]
async fn main() {
    black_box(&TABLE);
}
