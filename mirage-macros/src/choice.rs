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
    if let Some(choice) = match_target(value) {
        return values_of_arms(choice, targets, context);
    }
    let trees: Vec<_> = value.to_token_stream().into_iter().collect();
    if !has_choice(&trees) {
        return PerTarget::same(Some(value.clone()));
    }
    let tokens = tokens_for(&trees, targets, context);
    tokens.map(|tokens| syn::parse2(tokens?).ok())
}

fn values_of_arms(
    choice: &ExprMatch,
    targets: &[Target],
    context: &mut Context,
) -> PerTarget<Option<Expr>> {
    let bodies = arms::bodies(choice, targets, context);
    bodies.flat_map(|body, of_arm| {
        let of_arm = of_arm.iter().copied();
        let of_arm: Vec<_> = of_arm.filter(|each| targets.contains(each)).collect();
        match body {
            Some(body) if !of_arm.is_empty() => values_for(&body, &of_arm, context),
            _ => PerTarget::same(None),
        }
    })
}

/// The tokens of a value with each `match target` replaced by the value of an arm.
fn tokens_for(
    trees: &[TokenTree],
    targets: &[Target],
    context: &mut Context,
) -> PerTarget<Option<TokenStream>> {
    let mut result = PerTarget::same(Some(TokenStream::new()));
    let mut index = 0;
    while let Some(tree) = trees.get(index) {
        let part = if let Some(choice) = choice_at(trees, index) {
            index += LENGTH;
            // It is one operand, whatever operators it has.
            let values = values_of_arms(&choice, targets, context);
            values.map(|value| Some(group(Delimiter::None, value?.into_token_stream())))
        } else {
            index += 1;
            match tree {
                TokenTree::Group(outer) => group_for(outer, targets, context),
                other => PerTarget::same(Some(other.clone())),
            }
        };
        result = appended(result, part);
    }
    result
}

/// A group with each `match target` in it replaced.
fn group_for(
    outer: &Group,
    targets: &[Target],
    context: &mut Context,
) -> PerTarget<Option<TokenTree>> {
    let inner: Vec<_> = outer.stream().into_iter().collect();
    if !has_choice(&inner) {
        return PerTarget::same(Some(TokenTree::Group(outer.clone())));
    }
    let inner = tokens_for(&inner, targets, context);
    inner.map(|tokens| {
        let mut replaced = Group::new(outer.delimiter(), tokens?);
        replaced.set_span(outer.span());
        Some(TokenTree::Group(replaced))
    })
}

/// The tokens with one more, which may differ by target.
fn appended(
    mut tokens: PerTarget<Option<TokenStream>>,
    part: PerTarget<Option<TokenTree>>,
) -> PerTarget<Option<TokenStream>> {
    if part.differs() {
        return tokens.flat_map(|before, _| {
            part.clone().map(|part| {
                let mut tokens = before.clone()?;
                tokens.extend([part?]);
                Some(tokens)
            })
        });
    }
    let mut part = part.values();
    let part = part.next().and_then(Option::as_ref);
    for tokens in tokens.values_mut() {
        match (tokens.as_mut(), part) {
            (Some(tokens), Some(part)) => tokens.extend([part.clone()]),
            _ => *tokens = None,
        }
    }
    tokens
}

fn group(delimiter: Delimiter, tokens: TokenStream) -> TokenTree {
    TokenTree::Group(Group::new(delimiter, tokens))
}

/// Whether tokens contain a `match target`.
fn has_choice(trees: &[TokenTree]) -> bool {
    trees.iter().enumerate().any(|(index, tree)| match tree {
        TokenTree::Group(group) => has_choice(&group.stream().into_iter().collect::<Vec<_>>()),
        _ => choice_at(trees, index).is_some(),
    })
}

/// The value, or that of the first arm of a `match target`.
pub(crate) fn first(value: &Expr) -> &Expr {
    match match_target(value).and_then(|choice| choice.arms.first()) {
        Some(arm) => first(arms::without_braces(&arm.body)),
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
