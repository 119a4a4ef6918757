//! Values that are constant expressions of the user's: which expressions are, and by which function
//! of `mirage_graph::constant` each is read.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::Expr;

/// A constant expression.
pub(crate) struct Constant {
    /// The constant of the expansion that holds it.
    pub(crate) name: Ident,
    pub(crate) expression: Expr,
    pub(crate) reader: Reader,
}

impl Constant {
    /// The value, as an expression. It is one even if the constant is wrong, which is reported at
    /// the constant alone.
    pub(crate) fn value(&self) -> TokenStream {
        let name = &self.name;
        let read = match self.reader {
            Reader::Mtu | Reader::Port | Reader::Limit => return name.to_token_stream(),
            Reader::Address => quote!(address),
            Reader::Gateway => quote!(gateway),
            Reader::MacAddress => quote!(mac_address),
            Reader::Memory | Reader::Size => quote!(size),
            Reader::Stack => quote!(stack),
            Reader::Buffer => quote!(buffer),
        };
        quote!(_rt::graph::constant::#read(#name))
    }
}

/// What a constant is read as.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reader {
    Address,
    Gateway,
    MacAddress,
    Mtu,
    Port,
    Limit,
    Memory,
    Stack,
    Size,
    Buffer,
}

impl Reader {
    /// Whether such a value may be given at boot.
    pub(crate) fn may_be_given_at_boot(self) -> bool {
        matches!(self, Self::Address | Self::Gateway)
    }

    /// The function that reports what is wrong with a constant.
    pub(crate) fn check(self) -> &'static str {
        match self {
            Self::Address => "check_address",
            Self::Gateway => "check_gateway",
            Self::MacAddress => "check_mac_address",
            Self::Mtu => "check_mtu",
            Self::Port => "check_port",
            Self::Limit => "check_limit",
            Self::Memory => "check_memory",
            Self::Stack => "check_stack",
            Self::Size => "check_size",
            Self::Buffer => "check_buffer",
        }
    }
}

/// Whether an expression stands for a value instead of being one: what is wrong with it, only the
/// compiler knows.
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
