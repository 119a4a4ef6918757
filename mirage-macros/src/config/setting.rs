//! Values that may be literals or constant expressions.

use super::{boot, value};
use crate::{
    constant::{self, Reader},
    source::Source,
    syntax::{Form, Item},
};
use mirage_graph::{
    diagnostic::Diagnostic,
    graph::{ConfigValue, Spanned},
    value_error::{Excerpt, ValueError},
};
use syn::LitStr;

/// A text, `key = "text"`, or a constant expression of type `&str`.
pub(super) fn of_text<T>(
    item: &Item,
    source: &mut Source,
    example: &str,
    read: fn(&str) -> Result<T, ValueError>,
    reader: Reader,
) -> Spanned<ConfigValue<T>> {
    if reader.may_be_given_at_boot()
        && let Some(default) = boot::read(item, example, source)
    {
        return of_boot(item, default, source, read);
    }
    if let Some(constant) = of_constant(item, reader, source) {
        return constant;
    }
    let text = value::text(item, example, source);
    let value = match text.value.map(|text| read(&text)) {
        Some(Ok(value)) => ConfigValue::Known(value),
        Some(Err(error)) => {
            source.report(Diagnostic::new(error.into(), text.span));
            ConfigValue::Unread
        }
        None => ConfigValue::Unread,
    };
    let span = text.span;
    Spanned { value, span }
}

/// A number, `key = 7`, or a constant expression of type `u16`. A literal that `u16` cannot hold
/// is `too_large`.
pub(super) fn of_number(
    item: &Item,
    source: &mut Source,
    example: &str,
    read: fn(u16) -> Result<u16, ValueError>,
    too_large: fn(Excerpt) -> ValueError,
    reader: Reader,
) -> Spanned<ConfigValue<u16>> {
    if let Some(constant) = of_constant(item, reader, source) {
        return constant;
    }
    let number = value::number(item, example, source);
    let span = number.span;
    let read = |number: value::Number| {
        let error = too_large(Excerpt::new().with(&number.written));
        let value = number.value.and_then(|value| u16::try_from(value).ok());
        value.map_or(Err(error), read)
    };
    let value = match number.value.map(read) {
        Some(Ok(value)) => ConfigValue::Known(value),
        Some(Err(error)) => {
            source.report(Diagnostic::new(error.into(), span));
            ConfigValue::Unread
        }
        None => ConfigValue::Unread,
    };
    Spanned { value, span }
}

/// A value that is given at boot; what is wrong with its default.
fn of_boot<T>(
    item: &Item,
    default: Option<LitStr>,
    source: &mut Source,
    read: fn(&str) -> Result<T, ValueError>,
) -> Spanned<ConfigValue<T>> {
    let Some(text) = default else {
        return source.at(ConfigValue::Boot(None), item.value());
    };
    let span = source.span_id(&text);
    let value = match read(&text.value()) {
        Ok(value) => ConfigValue::Boot(Some(value)),
        Err(error) => {
            source.report(Diagnostic::new(error.into(), span));
            ConfigValue::Unread
        }
    };
    Spanned { value, span }
}

/// The constant that an item's value is, if it is one.
fn of_constant<T>(
    item: &Item,
    reader: Reader,
    source: &mut Source,
) -> Option<Spanned<ConfigValue<T>>> {
    let Form::Value(expression) = &item.form else {
        return None;
    };
    if !constant::is_constant(expression) || boot::is_boot(expression) {
        return None;
    }
    let span = source.span_id(expression);
    let position = source.constant(&item.name(), expression, reader);
    let value = ConfigValue::Constant(position);
    Some(Spanned { value, span })
}
