#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{block::Block, device::Device, unikernel};

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

#[unikernel(notes = Notes.on(clock))]
//~                          ^^^^^ E0277
async fn main(notes: Notes) {
    let _ = notes;
}
