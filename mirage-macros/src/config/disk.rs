//! Disks: `block = "auto"`, or `block(data(…), journal(…))`.

use super::{
    group,
    key::{self, Key, keys},
    rule, value,
};
use crate::{context::Context, per_target::PerTarget, syntax::Item};
use mirage_graph::{
    graph::{self, SpanId, Spanned},
    target::{Driven, Driver},
};
use proc_macro2::TokenStream;

/// A disk in a group.
const EXAMPLE: &str = "block(data(size = \"64MiB\"))";

/// A disk.
pub(crate) struct Disk {
    /// The node's name.
    pub(crate) name: String,
    /// Its declaration.
    pub(crate) span: SpanId,
    pub(crate) config: PerTarget<graph::Disk>,
}

/// The key of the driver, which has its own syntax.
struct DriverKey;

/// The keys of a disk.
const KEYS: &[Key<graph::Disk, DriverKey>] = keys! {
    "driver" "driver = \"virtio\"" special(DriverKey);
    "size" "size = \"64MiB\"" text(rule::SIZE) size;
};

impl Disk {
    fn new(name: String, span: SpanId) -> Self {
        let driver = Spanned::new(Driver::Auto, span);
        let config = PerTarget::same(graph::Disk { driver, size: None });
        Self { name, span, config }
    }

    fn read_driver(&mut self, item: &Item, example: &str, context: &mut Context) {
        let driver = value::driver(item, example, Driven::Disk, context);
        self.config
            .set(driver, |config, driver| config.driver = driver);
    }
}

/// Reads the only disk, `block = "auto"`.
pub(super) fn only(item: &Item, example: &str, context: &mut Context) -> Disk {
    let mut disk = Disk::new(item.name(), context.spans.span_id(item.value()));
    disk.read_driver(item, example, context);
    disk
}

/// Reads the disks of `block(…)`. Also returns whether none was invalid.
pub(crate) fn disks(item: &Item, context: &mut Context) -> (Vec<Disk>, bool) {
    let keys: Vec<_> = KEYS.iter().map(|key| key.name).collect();
    let examples = (EXAMPLE, "block = \"auto\"");
    group::members(item, examples, &keys, "size = \"64MiB\"", context, disk)
}

fn disk(item: &Item, contents: TokenStream, context: &mut Context) -> (Disk, bool) {
    let mut disk = Disk::new(item.name(), context.spans.span_id(&item.key));
    let complete = key::read_group(KEYS.iter(), contents, context, |key, item, context| {
        if let Some(DriverKey) = key.read(item, &mut disk.config, context) {
            disk.read_driver(item, key.example, context);
        }
        true
    });
    (disk, complete)
}
