//! Groups: `net(wan(…), lan(…))`.

use crate::{
    context::Context,
    syntax::{self, Form, Item},
};
use mirage_graph::diagnostic::DiagnosticKind;
use proc_macro2::{Delimiter, TokenStream};
use syn::LitStr;

/// The tokens in the parentheses that must follow the key.
pub(crate) fn contents(item: &Item, example: &str, context: &mut Context) -> Option<TokenStream> {
    let error = match &item.form {
        Form::Group(group) if group.delimiter() == Delimiter::Parenthesis => {
            return Some(group.stream());
        }
        Form::Group(_) | Form::Value(_) => DiagnosticKind::WrongForm(item.name(), example.into()),
        Form::Bare => DiagnosticKind::NoValue(item.name(), example.into()),
        Form::Invalid => return None,
    };
    context.error(error, item.value());
    None
}

/// Reads items. Also returns whether none was invalid.
pub(super) fn items(
    contents: TokenStream,
    example: &str,
    context: &mut Context,
) -> (Vec<Item>, bool) {
    let errors = context.diagnostics().len();
    let items = syntax::items(contents, example, context);
    (items, context.diagnostics().len() == errors)
}

/// Reads the members of a group of nodes, `net(wan(…), lan(…))`, by the tokens in their parentheses. Also
/// returns whether none was invalid. `keys` are those of a member, and `item_example` an item of one.
pub(super) fn members<T>(
    item: &Item,
    (example, example_of_one): (&str, &str),
    keys: &[&str],
    item_example: &str,
    context: &mut Context,
    read: impl Fn(&Item, TokenStream, &mut Context) -> (T, bool),
) -> (Vec<T>, bool) {
    let Some(contents) = contents(item, example, context) else {
        return (Vec::new(), false);
    };
    if let Ok(driver) = syn::parse2::<LitStr>(contents.clone()) {
        let kind = DiagnosticKind::WrongForm(item.name(), example_of_one.into());
        context.error(kind, driver);
        return (Vec::new(), false);
    }
    let (items, mut complete) = self::items(contents, "name(…)", context);
    let mut of_one = items.iter().filter(|item| {
        matches!(item.form, Form::Value(_)) && keys.iter().any(|key| item.name() == *key)
    });
    if let Some(Item { key, .. }) = of_one.next() {
        let help = format!("write the keys of a single one beside it: `{example_of_one}`");
        context.syntax_error(format!("`NAME({item_example})`"), help, key);
        return (Vec::new(), false);
    }
    if items.is_empty() && complete {
        let kind = DiagnosticKind::NoValue(item.name(), example.into());
        context.error(kind, &item.key);
        complete = false;
    }
    let mut members = Vec::new();
    for item in &items {
        item.check_name(context);
        let example = format!("{}({item_example})", item.name());
        let contents = self::contents(item, &example, context);
        let member = contents.map(|contents| read(item, contents, context));
        complete &= member.as_ref().is_some_and(|(_, complete)| *complete);
        members.extend(member.map(|(member, _)| member));
    }
    (members, complete)
}
