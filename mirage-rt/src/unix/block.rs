//! Disks on the host: files, or memory in tests.
//!
//! Reads and writes of files block the executor.

mod memory;

pub(super) use memory::{Memory, zeros};

use super::{arguments, hardware};
use crate::{
    block::{Block, BlockError},
    device::StartError,
    graph::block::DiskConfig,
};
use alloc::{
    format,
    string::{String, ToString},
};
use core::future::{Ready, ready};
use memory::BLOCK_SIZE;
use mirage_devices::block::Geometry;
use mirage_graph::disk;
use std::{
    env,
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Seek, SeekFrom},
    os::unix::fs::{FileExt, FileTypeExt, MetadataExt},
    path::{Path, PathBuf},
};

/// The contents of a disk.
#[derive(Debug)]
pub(crate) enum Device {
    File {
        file: File,
        block_count: u64,
        read_only: bool,
    },
    /// Shared with the test that made it. The length is a multiple of the block size.
    Memory(Memory),
}

/// Opens the file of a disk.
pub(crate) async fn attach(config: &DiskConfig) -> Result<Device, StartError> {
    let node = config.node;
    if let Some(hardware) = hardware::current() {
        let contents = hardware.disk(node, config.size.unwrap_or_default());
        return Ok(Device::Memory(contents));
    }
    let given = arguments::current().disk(node);
    let (path, opened) = match given {
        Some(path) => (path.into(), open(path)),
        None => {
            let path = beside_the_program(node);
            let opened = open_or_make(&path, config.size);
            (path, opened)
        }
    };
    let unusable = |cause: io::Error| match cause.kind() {
        io::ErrorKind::NotFound if given.is_none() => StartError::new(format!(
            "it has no file: name one with `--block {node}:file=PATH`"
        )),
        _ => StartError::with_source(path.display().to_string(), cause),
    };
    let (mut file, read_only) = opened.map_err(unusable)?;
    // Works for files and for block devices.
    let length = file.seek(SeekFrom::End(0)).map_err(unusable)?;
    Ok(Device::File {
        file,
        block_count: length / BLOCK_SIZE as u64,
        read_only,
    })
}

/// Returns the default path of a disk, beside the program.
fn beside_the_program(node: &str) -> PathBuf {
    let program = env::current_exe().unwrap_or_default();
    disk::file_beside(&program.to_string_lossy(), node).into()
}

/// Opens a file. Returns also whether it is read-only.
fn open(path: &Path) -> io::Result<(File, bool)> {
    // To open anything else may wait for ever.
    let kind = fs::metadata(path)?.file_type();
    if !kind.is_file() && !kind.is_block_device() {
        let neither = "it is neither a file nor a block device";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, neither));
    }
    let (file, read_only) = match OpenOptions::new().read(true).write(true).open(path) {
        Ok(file) => (file, false),
        Err(cause) if is_write_protected(&cause) => (File::open(path)?, true),
        Err(cause) => return Err(cause),
    };
    lock(&file, read_only)?;
    Ok((file, read_only))
}

/// Whether a file can perhaps be read, but not written.
fn is_write_protected(cause: &io::Error) -> bool {
    use io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem};
    matches!(cause.kind(), PermissionDenied | ReadOnlyFilesystem)
}

/// Opens a file. Creates it if the disk has a declared size, and extends it to that size.
fn open_or_make(path: &Path, size: Option<u64>) -> io::Result<(File, bool)> {
    let Some(size) = size else {
        return open(path);
    };
    let mut options = OpenOptions::new();
    let file = options
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)?;
    lock(&file, false)?;
    if file.metadata()?.len() < size {
        file.set_len(size)?;
    }
    Ok((file, false))
}

/// Makes this disk the only one in the file, in this process and others: two would overwrite each other's
/// blocks. Disks that only read may share a file.
fn lock(file: &File, read_only: bool) -> io::Result<()> {
    let locked = match read_only {
        true => file.try_lock_shared(),
        false => file.try_lock(),
    };
    match locked {
        Err(TryLockError::WouldBlock) => {
            Err(io::Error::new(io::ErrorKind::ResourceBusy, user_of(file)))
        }
        // Some file systems have no locks.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(()),
    }
}

/// Says who uses a file that is locked.
fn user_of(file: &File) -> String {
    let process = file.metadata().ok().and_then(|file| {
        let device = (rustix::fs::major(file.dev()), rustix::fs::minor(file.dev()));
        disk::locked_by(&fs::read_to_string("/proc/locks").ok()?, device, file.ino())
    });
    disk::describe_user(process, std::process::id(), |id| {
        fs::read_to_string(format!("/proc/{id}/comm")).unwrap_or_default()
    })
}

/// Logs the host's error and converts it.
fn failed(cause: &io::Error) -> BlockError {
    log::error!("a disk's file: {cause}");
    BlockError::Failed
}

impl Device {
    pub(crate) fn block(&self) -> &Self {
        self
    }

    /// Returns `None`: there is no background work.
    pub(crate) fn run(&self) -> Option<Ready<()>> {
        None
    }

    fn offset(&self, first: u64, length: usize) -> Result<u64, BlockError> {
        let geometry = Geometry {
            block_size: BLOCK_SIZE,
            block_count: self.block_count(),
        };
        geometry.offset(first, length)
    }
}

impl Block for Device {
    fn block_size(&self) -> usize {
        BLOCK_SIZE
    }

    fn block_count(&self) -> u64 {
        match self {
            Device::File { block_count, .. } => *block_count,
            Device::Memory(bytes) => (bytes.lock().len() / BLOCK_SIZE) as u64,
        }
    }

    fn is_read_only(&self) -> bool {
        matches!(
            self,
            Device::File {
                read_only: true,
                ..
            }
        )
    }

    fn read(&self, first: u64, buffer: &mut [u8]) -> impl Future<Output = Result<(), BlockError>> {
        let offset = self.offset(first, buffer.len());
        let read = |offset: u64| match self {
            Device::File { file, .. } => file
                .read_exact_at(buffer, offset)
                .map_err(|cause| failed(&cause)),
            Device::Memory(bytes) => {
                let start = offset as usize;
                buffer.copy_from_slice(&bytes.lock()[start..start + buffer.len()]);
                Ok(())
            }
        };
        ready(offset.and_then(read))
    }

    fn write(&self, first: u64, data: &[u8]) -> impl Future<Output = Result<(), BlockError>> {
        let write = |offset: u64| match self {
            Device::File {
                read_only: true, ..
            } => Err(BlockError::ReadOnly),
            Device::File { file, .. } => file
                .write_all_at(data, offset)
                .map_err(|cause| failed(&cause)),
            Device::Memory(bytes) => {
                let start = offset as usize;
                bytes.lock()[start..start + data.len()].copy_from_slice(data);
                Ok(())
            }
        };
        ready(self.offset(first, data.len()).and_then(write))
    }

    fn flush(&self) -> impl Future<Output = Result<(), BlockError>> {
        ready(match self {
            Device::File { file, .. } => file.sync_data().map_err(|cause| failed(&cause)),
            Device::Memory(_) => Ok(()),
        })
    }
}

#[cfg(test)]
mod tests;
