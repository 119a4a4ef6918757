//! What a test attaches the devices of a unikernel to that it boots.

use super::test::{Link, Storage};
use alloc::{collections::BTreeMap, rc::Rc, string::String, vec::Vec};
use core::cell::RefCell;

/// The links and disks of a unikernel. They outlive its boots.
#[derive(Debug, Default)]
pub(crate) struct Hardware {
    /// By interface.
    links: Vec<(&'static str, Link)>,
    /// By disk.
    disks: RefCell<BTreeMap<String, Storage>>,
}

impl Hardware {
    /// Each interface is attached to the link of its name.
    pub(super) fn new(links: Vec<(&'static str, Link)>) -> Rc<Self> {
        Rc::new(Self {
            links,
            disks: RefCell::default(),
        })
    }

    /// The link of an interface.
    pub(super) fn link(&self, interface: &str) -> Option<&Link> {
        let mut links = self.links.iter();
        links
            .find(|(name, _)| *name == interface)
            .map(|(_, link)| link)
    }

    /// The contents of a disk. Those of a new disk are `size` zeros.
    pub(super) fn disk(&self, disk: &str, size: u64) -> Storage {
        let mut disks = self.disks.borrow_mut();
        let contents = disks.entry(disk.into());
        contents.or_insert_with(|| Storage::zeros(size)).clone()
    }

    /// Replaces a disk.
    pub(super) fn insert_disk(&self, disk: &str, contents: Storage) {
        self.disks.borrow_mut().insert(disk.into(), contents);
    }
}
