#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{
    block::{Block, Disk},
    unikernel,
};

const JOURNAL: &str = "1MiB";

/// A device on a disk.
struct Notes<B> {
    disk: B,
}

struct NotesConfig;

impl NotesConfig {
    fn wire<B: Block>(self, disk: B) -> Notes<B> {
        Notes { disk }
    }
}

impl<B: Block> mirage_rt::device::Device for Notes<B> {
    type Output = Self;

    fn provide(self) -> Self {
        self
    }
}

#[unikernel(
    block(
        data(driver = match target { unix => "file", _ => "auto" }, size = "64MiB"),
        journal(size = JOURNAL),
    ),
    notes = NotesConfig.on(data),
)]
async fn main(notes: Notes<Disk>, journal: Disk) {
    let _ = (notes.disk.block_size(), journal.block_size());
}
