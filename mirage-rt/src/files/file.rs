//! An open file, to which descriptors refer.

use super::lock;
use core::ops::Deref;
use mirage_devices::fs::OpenFile;

/// An open file or directory. Its lock ends with it.
pub(crate) struct File(pub(crate) OpenFile);

impl Deref for File {
    type Target = OpenFile;

    fn deref(&self) -> &OpenFile {
        &self.0
    }
}

impl Drop for File {
    fn drop(&mut self) {
        lock::release(&self.0);
    }
}
