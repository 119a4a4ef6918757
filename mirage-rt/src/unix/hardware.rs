//! What a test attaches the devices of a unikernel to that it boots.

use super::{
    block::{Memory, zeros},
    scope::{self, ScopeId},
    test::Link,
};
use alloc::{collections::BTreeMap, rc::Rc, string::String, vec::Vec};
use core::cell::RefCell;
use std::thread_local;

thread_local! {
    /// Of each unikernel that runs.
    static PLUGGED: RefCell<BTreeMap<ScopeId, Rc<Hardware>>> = const { RefCell::new(BTreeMap::new()) };
}

/// Returns what the devices of the current unikernel are attached to, if a test has said so.
pub(super) fn current() -> Option<Rc<Hardware>> {
    let scope = scope::current()?;
    PLUGGED.with_borrow(|plugged| plugged.get(&scope).cloned())
}

/// The links and disks of a unikernel. They outlive its boots.
#[derive(Debug, Default)]
pub(super) struct Hardware {
    /// By interface.
    links: Vec<(&'static str, Link)>,
    /// By disk.
    disks: RefCell<BTreeMap<String, Memory>>,
}

impl Hardware {
    /// Each interface is attached to the link of its name.
    pub(super) fn new(links: Vec<(&'static str, Link)>) -> Rc<Self> {
        Rc::new(Self {
            links,
            disks: RefCell::default(),
        })
    }

    /// Attaches the devices of a unikernel, until the result is dropped.
    pub(super) fn plug(self: Rc<Self>, unikernel: ScopeId) -> Plugged {
        PLUGGED.with_borrow_mut(|plugged| plugged.insert(unikernel, self));
        Plugged(unikernel)
    }

    /// The link of an interface.
    pub(super) fn link(&self, interface: &str) -> Option<&Link> {
        let mut links = self.links.iter();
        let found = links.find(|(name, _)| *name == interface);
        found.map(|(_, link)| link)
    }

    /// The contents of a disk. Those of a new disk are `size` zeros.
    pub(super) fn disk(&self, disk: &str, size: u64) -> Memory {
        let mut disks = self.disks.borrow_mut();
        disks
            .entry(disk.into())
            .or_insert_with(|| zeros(size))
            .clone()
    }

    /// Replaces a disk.
    pub(super) fn insert_disk(&self, disk: &str, contents: Memory) {
        self.disks.borrow_mut().insert(disk.into(), contents);
    }
}

/// The devices of a unikernel are attached.
pub(super) struct Plugged(ScopeId);

impl Drop for Plugged {
    fn drop(&mut self) {
        PLUGGED.with_borrow_mut(|plugged| plugged.remove(&self.0));
    }
}
