//! The metadata of a file in the types of Linux.

use ::libc::{stat64 as Stat, statx as Statx, statx_timestamp};
use mirage_devices::fs::{FileKind, Metadata, Timestamp};

/// What a descriptor says of itself.
pub(crate) enum Status {
    /// A file of a file system.
    File(Metadata),
    /// Anything else, such as a socket.
    Other(Stat),
}

impl Status {
    /// Returns the type that `stat` returns.
    pub(super) fn stat(&self) -> Stat {
        match self {
            Self::File(metadata) => stat(metadata),
            Self::Other(stat) => *stat,
        }
    }

    /// Returns the type that `statx` returns, which also has the time of creation.
    pub(super) fn statx(&self) -> Statx {
        // SAFETY: all zeroes are a valid value.
        let mut statx: Statx = unsafe { core::mem::zeroed() };
        let stat = self.stat();
        statx.stx_mask = ::libc::STATX_BASIC_STATS;
        statx.stx_mode = stat.st_mode as u16;
        statx.stx_dev_major = ::libc::major(stat.st_dev);
        statx.stx_dev_minor = ::libc::minor(stat.st_dev);
        statx.stx_rdev_major = ::libc::major(stat.st_rdev);
        statx.stx_rdev_minor = ::libc::minor(stat.st_rdev);
        statx.stx_ino = stat.st_ino;
        statx.stx_uid = stat.st_uid;
        statx.stx_gid = stat.st_gid;
        statx.stx_nlink = stat.st_nlink as u32;
        statx.stx_size = stat.st_size as u64;
        statx.stx_blksize = stat.st_blksize as u32;
        statx.stx_blocks = stat.st_blocks as u64;
        statx.stx_atime = timestamp(stat.st_atime, stat.st_atime_nsec);
        statx.stx_mtime = timestamp(stat.st_mtime, stat.st_mtime_nsec);
        statx.stx_ctime = timestamp(stat.st_ctime, stat.st_ctime_nsec);
        if let Self::File(metadata) = self {
            let (created, nanoseconds) = seconds(metadata.created);
            statx.stx_btime = timestamp(created, nanoseconds);
            statx.stx_mask |= ::libc::STATX_BTIME;
        }
        statx
    }
}

/// The size of a block that the number of blocks counts, in bytes.
const BLOCK: u64 = 512;

/// The size in which files are read best, in bytes.
pub(crate) const BUFFER: i64 = 4096;

fn stat(metadata: &Metadata) -> Stat {
    // SAFETY: all zeroes are a valid value.
    let mut stat: Stat = unsafe { core::mem::zeroed() };
    let kind = match metadata.kind {
        FileKind::Regular => ::libc::S_IFREG,
        FileKind::Directory => ::libc::S_IFDIR,
        FileKind::CharacterDevice { major, minor } => {
            stat.st_rdev = ::libc::makedev(major, minor);
            ::libc::S_IFCHR
        }
    };
    stat.st_mode = kind | u32::from(metadata.permissions);
    stat.st_dev = metadata.device;
    stat.st_ino = metadata.inode.0;
    stat.st_nlink = metadata.links.into();
    stat.st_size = metadata.length as i64;
    stat.st_blksize = BUFFER;
    stat.st_blocks = metadata.allocated.div_ceil(BLOCK) as i64;
    (stat.st_atime, stat.st_atime_nsec) = seconds(metadata.accessed);
    (stat.st_mtime, stat.st_mtime_nsec) = seconds(metadata.modified);
    (stat.st_ctime, stat.st_ctime_nsec) = seconds(metadata.changed);
    stat
}

fn seconds(time: Timestamp) -> (i64, i64) {
    (time.seconds, time.nanoseconds.into())
}

fn timestamp(seconds: i64, nanoseconds: i64) -> statx_timestamp {
    // SAFETY: all zeroes are a valid value.
    let mut timestamp: statx_timestamp = unsafe { core::mem::zeroed() };
    (timestamp.tv_sec, timestamp.tv_nsec) = (seconds, nanoseconds as u32);
    timestamp
}
