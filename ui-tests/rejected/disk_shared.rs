#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{
    block::{Block, Disk},
    device::Device,
    unikernel,
};

struct Notes;

impl Notes {
    fn wire<B: Block>(self, _disk: B) -> Self {
        self
    }
}

impl Device for Notes {
    type Output = Self;

    fn provide(self) -> Self {
        self
    }
}

#[unikernel(block = "auto", notes = Notes.on(block))]
//~                                          ^^^^^ E0277
async fn main(block: Disk, notes: Notes) {
    let _ = (block, notes);
}
