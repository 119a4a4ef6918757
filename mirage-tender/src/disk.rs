//! Files as disks.

use crate::attached::Attached;
use mirage_graph::disk;
use mirage_solo5::manifest::Properties;
use rustix::{
    fs::{
        FlockOperation, Mode, OFlags, SeekFrom, flock, fstat, major, minor, open as open_file, seek,
    },
    io::Errno,
};
use std::{fs, os::fd::OwnedFd, path::Path};

/// The default and the minimum size of a block, in bytes.
const DEFAULT_BLOCK_SIZE: u64 = 512;

/// Opens the file at `path` as a disk.
pub fn open(path: &Path, block_size: Option<u64>) -> Result<Attached, String> {
    let failed = |cause| format!("{}: {cause}", path.display());
    let flags = OFlags::RDWR | OFlags::CLOEXEC;
    let descriptor = open_file(path, flags, Mode::empty()).map_err(failed)?;
    // Two tenders would overwrite each other's blocks. Some file systems have no locks.
    if let Err(Errno::WOULDBLOCK) = flock(&descriptor, FlockOperation::NonBlockingLockExclusive) {
        return Err(format!("{}: {}", path.display(), user_of(&descriptor)));
    }
    // Works for files and for block devices.
    let capacity = seek(&descriptor, SeekFrom::End(0)).map_err(|cause| match cause {
        Errno::SPIPE => format!(
            "{}: it is neither a file nor a block device",
            path.display()
        ),
        _ => failed(cause),
    })?;
    let requested = block_size.unwrap_or(DEFAULT_BLOCK_SIZE);
    // Scripts search for the beginnings of these three messages, which are those of Solo5's tenders.
    let block_size = u16::try_from(requested)
        .ok()
        .filter(|size| size.is_power_of_two() && u64::from(*size) >= DEFAULT_BLOCK_SIZE)
        .ok_or_else(|| {
            format!(
                "Block size must be a multiple of 2 greater than or equal 512: {requested} is not a \
                 power of two from 512 to 32768"
            )
        })?;
    let broken = if !capacity.is_multiple_of(block_size.into()) {
        Some(format!(
            "Backing storage size must be block aligned ({block_size} bytes)"
        ))
    } else if capacity == 0 {
        Some(format!(
            "Backing storage must be at least 1 block ({block_size} bytes) in size"
        ))
    } else {
        None
    };
    if let Some(rule) = broken {
        let path = path.display();
        return Err(format!("{rule}: {path} has {capacity} bytes"));
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

/// Says who uses a file that is locked.
fn user_of(file: &OwnedFd) -> String {
    let process = fstat(file).ok().and_then(|file| {
        let device = (major(file.st_dev), minor(file.st_dev));
        disk::locked_by(
            &fs::read_to_string("/proc/locks").ok()?,
            device,
            file.st_ino,
        )
    });
    disk::describe_user(process, std::process::id(), |id| {
        fs::read_to_string(format!("/proc/{id}/comm")).unwrap_or_default()
    })
}
