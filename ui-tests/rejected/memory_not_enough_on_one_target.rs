#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(
    heap = match target { virtio | spt => "2MiB", unix => "1KiB" },
    memory = match target { unix | spt => "4MiB", virtio => "2MiB" },
//~                                                         ^^^^^^ MIR053
    targets("unix", "virtio", "spt"),
)]
async fn main() {}
