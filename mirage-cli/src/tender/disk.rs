//! Files as disks.

use super::attached::{Attached, Properties};
use rustix::fs::{Mode, OFlags, SeekFrom, open as open_file, seek};
use std::path::Path;

/// The size of a block, in bytes, unless another is asked for; also the least.
const DEFAULT_SIZE: u64 = 512;

/// Opens the file at `path` as a disk.
pub fn open(path: &Path, block_size: Option<u64>) -> Result<Attached, String> {
    let failed = |cause| format!("{}: {cause}", path.display());
    let flags = OFlags::RDWR | OFlags::CLOEXEC;
    let descriptor = open_file(path, flags, Mode::empty()).map_err(failed)?;
    // Of a file and of a block device.
    let capacity = seek(&descriptor, SeekFrom::End(0)).map_err(failed)?;
    let asked = block_size.unwrap_or(DEFAULT_SIZE);
    let block_size = u16::try_from(asked)
        .ok()
        .filter(|size| size.is_power_of_two() && u64::from(*size) >= DEFAULT_SIZE)
        .ok_or_else(|| {
            format!("a block has 512 bytes or another power of two up to 32768, not {asked}")
        })?;
    if capacity == 0 || !capacity.is_multiple_of(block_size.into()) {
        return Err(format!(
            "{}: its {capacity} bytes are no number of blocks of {block_size}",
            path.display()
        ));
    }
    let properties = Properties::Block {
        capacity,
        block_size,
    };
    Ok(Attached {
        descriptor,
        properties,
    })
}
