//! Values that may be literals, constant expressions, or given at boot.

use super::{
    rule::TextRule,
    value::{self, AtBoot},
};
use crate::{
    constant::{self, ConstantRule},
    context::Context,
    syntax::{Form, Item},
};
use mirage_graph::{
    diagnostic::DiagnosticKind,
    graph::{ConfigValue, Spanned},
    number::NumberRange,
    value_error::Excerpt,
};
use syn::Expr;

/// Reads a text, `key = "text"`, or a constant expression of type `&str`.
pub(super) fn text<T, E: Into<DiagnosticKind>>(
    item: &Item,
    example: &str,
    rule: &TextRule<T, E>,
    context: &mut Context,
) -> Spanned<ConfigValue<T>> {
    if rule.at_boot
        && let Some(at_boot) = value::at_boot(item, example, rule.constant.is_some(), context)
    {
        return match (at_boot, rule.constant) {
            (AtBoot::Required, _) => context.spans.spanned(ConfigValue::Boot(None), item.value()),
            (AtBoot::Literal(text), _) => {
                let span = context.spans.span_id(text);
                let value = context.valid((rule.parse)(&text.value()), span);
                let value = value.map(|value| ConfigValue::Boot(Some(value)));
                Spanned::new(value.unwrap_or(ConfigValue::Unread), span)
            }
            (AtBoot::Constant(default), Some(rule)) => {
                let constant = context.constant(&item.name(), default, rule);
                constant.map(ConfigValue::BootOrConstant)
            }
            _ => context.spans.spanned(ConfigValue::Unread, item.value()),
        };
    }
    if let Some(rule) = rule.constant
        && let Some(constant) = constant(item, rule, context)
    {
        return constant;
    }
    let Spanned { value, span } = value::text(item, example, context);
    let value = value.and_then(|text| context.valid((rule.parse)(&text), span));
    let value = value.map_or(ConfigValue::Unread, ConfigValue::Known);
    Spanned { value, span }
}

/// Reads a number, `key = 7`, or a constant expression of type `u16`.
pub(super) fn number(
    item: &Item,
    example: &str,
    range: &NumberRange,
    context: &mut Context,
) -> Spanned<ConfigValue<u16>> {
    if let Some(constant) = constant(item, ConstantRule::Number(*range), context) {
        return constant;
    }
    let Spanned { value, span } = value::number(item, example, context);
    let value = value.and_then(|number| {
        let value = number.value.and_then(|value| u16::try_from(value).ok());
        let too_large = range.error(Excerpt::from_source(&number.text));
        let checked = value.map_or(Err(too_large), |value| range.check(value));
        context.valid(checked, span)
    });
    let value = value.map_or(ConfigValue::Unread, ConfigValue::Known);
    Spanned { value, span }
}

/// Reads a constant expression; `None` if the value is something else.
fn constant<T>(
    item: &Item,
    rule: ConstantRule,
    context: &mut Context,
) -> Option<Spanned<ConfigValue<T>>> {
    let Form::Value(expression) = &item.form else {
        return None;
    };
    if !constant::is_constant(expression) || value::is_boot(expression) {
        return None;
    }
    if let Expr::Macro(call) = expression
        && call.mac.path.is_ident("format")
    {
        let help = "`format!` is evaluated at run time; `concat!` joins literals";
        context.syntax_error("a constant", help, call);
        return Some(context.spans.spanned(ConfigValue::Unread, call));
    }
    let constant = context.constant(&item.name(), expression, rule);
    Some(constant.map(ConfigValue::Constant))
}
