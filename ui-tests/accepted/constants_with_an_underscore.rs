#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

// These names could clash with constants that the expansion defines for these keys.
const _HEAP: &str = "1MiB";
const _MEMORY: &str = "8MiB";
const _STACK: &str = "64KiB";

#[unikernel(heap = _HEAP, memory = _MEMORY, stack = _STACK)]
async fn main() {}
