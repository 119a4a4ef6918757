//! The name servers that interfaces declare.
//!
//! They are not a part of the interfaces' configurations, so that images that declare none have no room for
//! them.

use crate::platform::thread_local;
use alloc::vec::Vec;
use core::cell::RefCell;
use mirage_graph::name_servers::NameServers;

thread_local! {
    /// By the position of the interface.
    static DECLARED: RefCell<Vec<(usize, NameServers)>> = RefCell::default();
}

/// Declares the name servers of the interface at `index`.
pub(crate) fn declare(index: usize, servers: NameServers) {
    DECLARED.with(|declared| {
        let mut declared = declared.borrow_mut();
        declared.retain(|(other, _)| *other != index);
        declared.push((index, servers));
    });
}

/// Returns the declared name servers of the interface at `index`.
pub(super) fn declared(index: usize) -> NameServers {
    DECLARED.with(|declared| {
        let declared = declared.borrow();
        let mut declared = declared.iter();
        let found = declared.find(|(other, _)| *other == index);
        found.map_or(NameServers::NONE, |(_, servers)| *servers)
    })
}
