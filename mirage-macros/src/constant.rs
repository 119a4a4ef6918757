//! Values that are constant expressions: which expressions are, and how constant evaluation checks
//! and reads them.

use mirage_graph::number::{NumberRange, Quantity};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::Expr;

/// A constant expression.
pub(crate) struct Constant {
    /// Its name in the expansion.
    pub(crate) name: Ident,
    pub(crate) expression: Expr,
    pub(crate) rule: ConstantRule,
}

/// How constant evaluation checks and reads a value.
#[derive(Clone, Copy)]
pub(crate) enum ConstantRule {
    /// A `&str`, by the functions `NAME` and `check_NAME` of `mirage_graph::constant`. `piece` is the
    /// value as a piece of the manifest.
    Text {
        name: &'static str,
        piece: fn(TokenStream) -> TokenStream,
    },
    /// A `u16` in a range.
    Number(NumberRange),
}

impl Constant {
    /// The value, as an expression. It is valid even if the constant is not, so that only the check
    /// reports an error.
    pub(crate) fn value(&self) -> TokenStream {
        let name = &self.name;
        match self.rule {
            ConstantRule::Number(_) => name.to_token_stream(),
            ConstantRule::Text { name: read, .. } => {
                let read = Ident::new(read, Span::call_site());
                quote!(_rt::graph::constant::#read(#name))
            }
        }
    }

    /// The value as a piece of the manifest.
    pub(crate) fn piece(&self) -> TokenStream {
        let value = self.value();
        let piece = match self.rule {
            ConstantRule::Number(_) => quote!(Number(#value as u64)),
            ConstantRule::Text { piece, .. } => piece(value),
        };
        quote!(_rt::graph::Piece::#piece)
    }

    /// The function that checks it, and the arguments.
    pub(crate) fn check(&self) -> (String, TokenStream) {
        let name = &self.name;
        match self.rule {
            ConstantRule::Text { name: read, .. } => {
                (format!("check_{read}"), name.to_token_stream())
            }
            ConstantRule::Number(NumberRange { quantity, min, max }) => {
                let range = match quantity {
                    Quantity::Mtu => quote!(MTU),
                    Quantity::Port => quote!(PORT),
                    Quantity::Key(key) => {
                        let [min, max] = [min, max].map(proc_macro2::Literal::u16_unsuffixed);
                        quote!(NumberRange::for_key(#key, #min, #max))
                    }
                };
                let arguments = quote!(#name, _rt::graph::number::#range);
                ("check_number".into(), arguments)
            }
        }
    }

    /// The type that the expression must have.
    pub(crate) fn type_(&self, span: Span) -> TokenStream {
        match self.rule {
            ConstantRule::Text { .. } => quote::quote_spanned!(span=> &str),
            ConstantRule::Number(_) => format_ident!("u16", span = span).into_token_stream(),
        }
    }
}

/// Whether an expression denotes a value instead of being a literal: only rustc can check it.
pub(crate) fn is_constant(expression: &Expr) -> bool {
    match expression {
        Expr::Path(_)
        | Expr::Call(_)
        | Expr::Macro(_)
        | Expr::Block(_)
        | Expr::Const(_)
        | Expr::Unsafe(_)
        | Expr::If(_)
        | Expr::Match(_) => true,
        Expr::Field(field) => is_constant(&field.base),
        Expr::Index(index) => is_constant(&index.expr),
        Expr::MethodCall(call) => is_constant(&call.receiver),
        Expr::Cast(cast) => is_constant(&cast.expr),
        Expr::Paren(paren) => is_constant(&paren.expr),
        Expr::Group(group) => is_constant(&group.expr),
        Expr::Reference(reference) => is_constant(&reference.expr),
        Expr::Unary(unary) => is_constant(&unary.expr),
        // `80 + OFFSET`, and `8000 + 80` as well.
        Expr::Binary(_) => true,
        _ => false,
    }
}
