//! Counts its boots with `ekv`, on a disk. Its trait for flash memory has to be implemented by the program.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::{format, string::String};
use ekv::{
    Config, Database,
    config::PAGE_SIZE,
    flash::{Flash, PageID},
};
use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use embedded_storage_async::nor_flash::{NorFlash, ReadNorFlash};
use mirage_rt::{
    block::{BlockError, Disk},
    println,
};

struct Pages(Disk);

impl Pages {
    fn address(page: PageID, offset: usize) -> u32 {
        (page.index() * PAGE_SIZE + offset) as u32
    }
}

impl Flash for Pages {
    type Error = BlockError;

    fn page_count(&self) -> usize {
        self.0.capacity() / PAGE_SIZE
    }

    async fn erase(&mut self, page: PageID) -> Result<(), BlockError> {
        let start = Self::address(page, 0);
        self.0.erase(start, start + PAGE_SIZE as u32).await
    }

    async fn read(
        &mut self,
        page: PageID,
        offset: usize,
        data: &mut [u8],
    ) -> Result<(), BlockError> {
        self.0.read(Self::address(page, offset), data).await
    }

    async fn write(&mut self, page: PageID, offset: usize, data: &[u8]) -> Result<(), BlockError> {
        self.0.write(Self::address(page, offset), data).await
    }
}

#[mirage_rt::unikernel(block(data(size = "256KiB")))]
async fn main(data: Disk) -> Result<(), String> {
    let database = Database::<_, NoopRawMutex>::new(Pages(data), Config::default());
    if database.mount().await.is_err() {
        let formatted = database.format().await;
        formatted.map_err(|error| format!("{error:?}"))?;
    }
    let mut value = [0; 1];
    let _ = database
        .read_transaction()
        .await
        .read(b"boots", &mut value)
        .await;
    value[0] += 1;
    let mut transaction = database.write_transaction().await;
    let written = transaction.write(b"boots", &value).await;
    written.map_err(|error| format!("{error:?}"))?;
    let committed = transaction.commit().await;
    committed.map_err(|error| format!("{error:?}"))?;
    println!("boot {}", value[0]);
    Ok(())
}
