//! The image: its name, memory and log level.

use super::{
    key::{Key, keys},
    rule,
    targets::EXAMPLE as TARGETS_EXAMPLE,
    value,
};
use crate::{choice, context::Context, lookup, per_target::PerTarget, syntax::Item};
use mirage_graph::{
    diagnostic::DiagnosticKind,
    graph::{Optional, Spanned},
    target::LogLevel,
};

/// The properties of the image. `None` is absent or invalid.
#[derive(Clone, Default)]
pub(crate) struct Image {
    pub(crate) name: Option<String>,
    pub(crate) memory: Optional<u64>,
    pub(crate) stack: Optional<u64>,
    pub(crate) heap: Optional<u64>,
    pub(crate) log: Option<LogLevel>,
    pub(crate) boot: Boot,
}

/// Which properties of the image are given at boot.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Boot {
    pub(crate) name: bool,
    pub(crate) log: bool,
}

/// Keys of the attribute with their own syntax.
pub(super) enum ImageKey {
    Interfaces,
    Disks,
    Name,
    Log,
    Targets,
    Args,
}

/// The key of the interfaces, and the name of a single one.
pub(super) const NET: &str = "net";
pub(super) const TARGETS: &str = "targets";

/// Keys of devices.
pub(super) const DEVICES: &[Key<Image, ImageKey>] = keys! {
    NET "net = \"virtio\"" special(ImageKey::Interfaces);
    "block" "block = \"auto\"" special(ImageKey::Disks);
};

/// Keys of the image.
pub(super) const IMAGE: &[Key<Image, ImageKey>] = keys! {
    "name" "name = \"web\"" special(ImageKey::Name);
    "memory" "memory = \"16MiB\"" text(rule::MEMORY) memory;
    "stack" "stack = \"256KiB\"" text(rule::STACK) stack;
    "heap" "heap = \"4MiB\"" text(rule::SIZE) heap;
    "log" "log = \"info\"" special(ImageKey::Log);
    TARGETS TARGETS_EXAMPLE special(ImageKey::Targets);
    "args" "args = Args" special(ImageKey::Args);
};

/// Reads the value of `name`.
pub(super) fn name(
    item: &Item,
    example: &str,
    image: &mut PerTarget<Image>,
    context: &mut Context,
) {
    let value = choice::items(item, context);
    let value = value.map(|item| value_or_boot(&item, example, image_name, context));
    image.set(value, |image, (name, at_boot)| {
        image.name = name;
        image.boot.name = at_boot;
    });
}

/// Reads the value of `log`.
pub(super) fn log(item: &Item, example: &str, image: &mut PerTarget<Image>, context: &mut Context) {
    let value = choice::items(item, context);
    let value = value.map(|item| value_or_boot(&item, example, lookup::log_level, context));
    image.set(value, |image, (level, at_boot)| {
        image.log = level;
        image.boot.log = at_boot;
    });
}

/// Reads a value or the default of one that is given at boot, and whether it is.
fn value_or_boot<T>(
    item: &Item,
    example: &str,
    convert: fn(String) -> Result<T, DiagnosticKind>,
    context: &mut Context,
) -> (Option<T>, bool) {
    let (text, at_boot) = match value::at_boot(item, example, context) {
        Some(default) => {
            let span = context.spans.span_id(item.value());
            let value = default.as_ref().map(syn::LitStr::value);
            let span = default.map_or(span, |text| context.spans.span_id(text));
            (Spanned { value, span }, true)
        }
        None => (value::text(item, example, context), false),
    };
    let value = text.value.map(convert);
    let value = value.and_then(|value| context.valid(value, text.span));
    (value, at_boot)
}

fn image_name(text: String) -> Result<String, DiagnosticKind> {
    let is_valid = |character: char| character.is_ascii_alphanumeric() || "-_".contains(character);
    if text.is_empty() || !text.chars().all(is_valid) {
        return Err(DiagnosticKind::ImageName(text));
    }
    Ok(text)
}
