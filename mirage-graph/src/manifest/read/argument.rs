//! Boot arguments.

use crate::{
    argument::{Argument, Kind, Presence},
    json::Value,
};
use alloc::{format, string::String};

/// Reads an argument.
///
/// # Errors
/// Returns the reason if `value` is not an argument.
pub(super) fn read(value: &Value) -> Result<Argument, String> {
    let text = |name: &str| {
        let text = value.get(name).and_then(Value::as_str);
        text.ok_or_else(|| format!("`{name}` of an argument is not a text"))
    };
    let kind = text("kind")?;
    Ok(Argument {
        name: text("name")?.into(),
        section: text("section")?.into(),
        help: text("help")?.into(),
        value: text("value")?.into(),
        kind: Kind::from_name(kind)
            .ok_or_else(|| format!("it has an argument of the unknown kind `{kind}`"))?,
        presence: match text("presence")? {
            "required" => Presence::Required,
            "optional" => Presence::Optional,
            "default" => Presence::Default(text("default")?.into()),
            "list" => Presence::List,
            other => {
                return Err(format!(
                    "it has an argument of the unknown presence `{other}`"
                ));
            }
        },
    })
}
