//! `match target { unix => …, virtio => … }`: a value that differs by target.

mod arms;
mod syntax;

pub(crate) use arms::NO_OTHERS;

use crate::{
    constant::unparenthesised,
    context::Context,
    per_target::PerTarget,
    syntax::{Form, Item},
};
use mirage_graph::target::Target;
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Expr, ExprMatch};
use syntax::{LENGTH, choice_at, is_target};

/// The item for each target, with the value of its arm. An item without a valid arm is
/// [`Form::Invalid`].
pub(crate) fn items(item: &Item, context: &mut Context) -> PerTarget<Item> {
    let form = match &item.form {
        Form::Value(value) => {
            values(value, context).map(|value| value.map_or(Form::Invalid, Form::Value))
        }
        other => PerTarget::same(other.clone()),
    };
    form.map(|form| Item {
        form,
        ..item.clone()
    })
}

/// The value for each target, and `None` for a target without a valid arm. A `match target` can be a part
/// of a value, also of that of an arm.
pub(crate) fn values(value: &Expr, context: &mut Context) -> PerTarget<Option<Expr>> {
    values_for(value, &Target::ALL, context)
}

fn values_for(value: &Expr, targets: &[Target], context: &mut Context) -> PerTarget<Option<Expr>> {
    if matches!(value, Expr::Lit(_) | Expr::Path(_)) {
        return PerTarget::same(Some(value.clone()));
    }
    if arms::report_error(value, context) {
        return PerTarget::same(None);
    }
    let trees: Vec<_> = value.to_token_stream().into_iter().collect();
    let Some(choice) = find(&trees) else {
        return PerTarget::same(Some(value.clone()));
    };
    let bodies = arms::bodies(&choice, targets, context);
    bodies.flat_map(|body, targets| {
        let value = body.and_then(|body| syn::parse2(replaced(&trees, &mut Some(body))).ok());
        match value {
            Some(value) => values_for(&value, targets, context),
            None => PerTarget::same(None),
        }
    })
}

/// The value, or that of the first arm of a `match target`.
pub(crate) fn first(value: &Expr) -> &Expr {
    match match_target(value).and_then(|choice| choice.arms.first()) {
        Some(arm) => first(&arm.body),
        None => value,
    }
}

/// A `match target` without the parentheses around it, and any other value as it is.
pub(crate) fn without_parentheses(value: &Expr) -> &Expr {
    match match_target(value) {
        Some(_) => unparenthesised(value),
        None => value,
    }
}

fn match_target(value: &Expr) -> Option<&ExprMatch> {
    match unparenthesised(value) {
        Expr::Match(choice) if is_target(&choice.expr) => Some(choice),
        _ => None,
    }
}

/// The first `match target` in the tokens of a value.
fn find(trees: &[TokenTree]) -> Option<ExprMatch> {
    trees
        .iter()
        .enumerate()
        .find_map(|(index, tree)| match tree {
            TokenTree::Group(group) => find(&group.stream().into_iter().collect::<Vec<_>>()),
            _ => choice_at(trees, index),
        })
}

/// The tokens with the first `match target` replaced by `body`, which is taken.
fn replaced(trees: &[TokenTree], body: &mut Option<Expr>) -> TokenStream {
    let mut result = TokenStream::new();
    let mut index = 0;
    while let Some(tree) = trees.get(index) {
        index += 1;
        match tree {
            TokenTree::Group(group) if body.is_some() => {
                let inner: Vec<_> = group.stream().into_iter().collect();
                let mut replaced = Group::new(group.delimiter(), replaced(&inner, body));
                replaced.set_span(group.span());
                result.extend([TokenTree::Group(replaced)]);
            }
            _ if body.is_some() && choice_at(trees, index - 1).is_some() => {
                index += LENGTH - 1;
                let body = body.take().to_token_stream();
                match trees.len() {
                    LENGTH => result.extend(body),
                    // It is one operand, whatever operators it has.
                    _ => result.extend([TokenTree::Group(Group::new(Delimiter::None, body))]),
                }
            }
            other => result.extend([other.clone()]),
        }
    }
    result
}
