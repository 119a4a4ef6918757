//! Counts its boots with `sequential-storage`, on a disk.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::{format, string::String};
use mirage_rt::{block::Disk, println};
use sequential_storage::{
    cache::Cache,
    map::{MapConfig, MapStorage},
};

#[mirage_rt::unikernel(block(data(size = "64KiB")))]
async fn main(data: Disk) -> Result<(), String> {
    let config = const { MapConfig::new(0..0x10000) };
    let mut map = MapStorage::<u8, _, _>::new(data, config, Cache::new_uncached());
    let mut buffer = [0; 128];
    let boots = match map.fetch_item::<u32>(&mut buffer, &1).await {
        Ok(boots) => boots,
        // A new disk contains zeros.
        Err(_) => {
            let erased = map.erase_all().await;
            erased.map_err(|error| format!("{error:?}"))?;
            None
        }
    };
    let boots = boots.unwrap_or(0) + 1;
    let stored = map.store_item(&mut buffer, &1, &boots).await;
    stored.map_err(|error| format!("{error:?}"))?;
    println!("boot {boots}");
    Ok(())
}
