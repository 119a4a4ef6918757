//! Values that are constant expressions: which expressions are, and how constant evaluation checks
//! and reads them.

use mirage_graph::number::{NumberRange, Quantity};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{BinOp, Expr, Lit, UnOp};

/// A constant expression.
pub(crate) struct Constant {
    /// Its name in the expansion.
    pub(crate) name: Ident,
    pub(crate) expression: Expr,
    pub(crate) rule: ConstantRule,
    /// Whether it has an error that has been reported, and rustc must not see it.
    pub(crate) is_invalid: bool,
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
            ConstantRule::Text { .. } => quote_spanned!(span=> &::core::primitive::str),
            ConstantRule::Number(_) => quote_spanned!(span=> ::core::primitive::u16),
        }
    }
}

/// Whether an expression is anything but a literal, and can be a `&str` or a number: only rustc can check
/// it.
pub(crate) fn is_constant(expression: &Expr) -> bool {
    match unparenthesised(expression) {
        // These have other types.
        Expr::Array(_)
        | Expr::Assign(_)
        | Expr::Async(_)
        | Expr::Closure(_)
        | Expr::Infer(_)
        | Expr::Let(_)
        | Expr::Range(_)
        | Expr::Repeat(_)
        | Expr::Struct(_)
        | Expr::Tuple(_)
        // These have none.
        | Expr::Break(_)
        | Expr::Continue(_)
        | Expr::Return(_)
        | Expr::Lit(_)
        | Expr::Verbatim(_) => false,
        Expr::Unary(unary) => !matches!(unary.op, UnOp::Neg(_)) || is_constant(&unary.expr),
        Expr::Reference(reference) => is_constant(&reference.expr),
        Expr::MethodCall(call) => call.method != "on",
        other => !is_address(other),
    }
}

/// Whether an expression has the shape of an address without quotes, such as `10.0.0.2/24`: numbers with
/// dots, of which rustc makes fields of a float.
fn is_address(expression: &Expr) -> bool {
    match expression {
        Expr::Field(field) => is_address(&field.base),
        Expr::Binary(division) => match division.op {
            BinOp::Div(_) => is_address(&division.left),
            _ => false,
        },
        Expr::Lit(literal) => matches!(literal.lit, Lit::Float(_) | Lit::Str(_)),
        _ => false,
    }
}

/// The expression without the parentheses around it, and without the invisible ones around the argument
/// of a macro.
pub(crate) fn unparenthesised(expression: &Expr) -> &Expr {
    match expression {
        Expr::Group(group) => unparenthesised(&group.expr),
        Expr::Paren(inner) => unparenthesised(&inner.expr),
        other => other,
    }
}
