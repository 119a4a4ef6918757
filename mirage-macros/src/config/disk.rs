//! Disks: `block = "auto"`, or `block(data(…), journal(…))`.

use super::{Key, Keys, convert, driver, group, setting, value};
use crate::{
    constant::Reader,
    source::Source,
    syntax::{self, Item},
};
use mirage_graph::{
    graph::{ConfigValue, SpanId, Spanned},
    size,
    target::{Driven, Driver},
};
use proc_macro2::TokenStream;
use syn::ext::IdentExt;

/// What a disk looks like in a group.
const EXAMPLE: &str = "block(data(size = \"64MiB\"))";

/// What is said of a disk.
pub(crate) struct Disk {
    /// The node's name.
    pub(crate) name: String,
    /// Where it is declared.
    pub(crate) span: SpanId,
    pub(crate) driver: Spanned<Option<Driver>>,
    pub(crate) size: Option<Spanned<ConfigValue<u64>>>,
}

/// The only disk, `block = "auto"`.
pub(super) fn only(item: &Item, source: &mut Source) -> Disk {
    let text = value::text(item, Key::Block.example(), source);
    let driver = convert(text, source, |name| driver(name, Driven::Disk));
    Disk {
        name: item.name(),
        span: driver.span,
        driver,
        size: None,
    }
}

/// The disks of `block(…)`, and whether none is missing.
pub(super) fn disks(item: &Item, source: &mut Source) -> (Vec<Disk>, bool) {
    let (members, mut complete) = group::members(item, EXAMPLE, "size = \"64MiB\"", source);
    let disks = members.into_iter().map(|(item, contents)| {
        let (disk, all) = disk(&item, contents, source);
        complete &= all;
        disk
    });
    (disks.collect(), complete)
}

fn disk(item: &Item, contents: TokenStream, source: &mut Source) -> (Disk, bool) {
    let span = source.span_id(&item.key);
    let mut disk = Disk {
        name: item.key.unraw().to_string(),
        span,
        driver: Spanned {
            value: Some(Driver::Auto),
            span,
        },
        size: None,
    };
    let before = source.diagnostics().len();
    let items = syntax::items(contents, "key = value", source);
    let mut complete = source.diagnostics().len() == before;
    let mut keys = Keys::of_a_disk();
    for item in items {
        match keys.take(&item, source) {
            Some((key @ Key::Driver, _)) => {
                let text = value::text(&item, key.example(), source);
                disk.driver = convert(text, source, |name| driver(name, Driven::Disk));
            }
            Some((key, _)) => {
                let (example, read) = (key.example(), size::memory);
                let size = setting::of_text(&item, source, example, read, Reader::Size);
                disk.size = Some(size);
            }
            None => complete = false,
        }
    }
    (disk, complete)
}
