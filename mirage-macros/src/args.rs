//! The derive `Args`: a struct that is parsed from boot arguments.

mod attribute;
mod default;
mod default_test;
mod field;
mod shape;
mod unreadable;

use crate::{context::Context, expand, report};
use darling::{FromDeriveInput, ast::Data, util::Ignored};
use field::Field;
use mirage_graph::{
    diagnostic::{Diagnostic, DiagnosticKind},
    graph::Spanned,
};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use shape::Shape;
use syn::{DeriveInput, Generics, spanned::Spanned as _};

/// The struct.
#[derive(FromDeriveInput)]
#[darling(supports(struct_named))]
struct Struct {
    data: Data<Ignored, syn::Field>,
}

/// Expands the derive to an implementation of `Args`, and to errors if the struct is invalid.
pub(crate) fn derive(item: TokenStream) -> TokenStream {
    let item: DeriveInput = match syn::parse2(item) {
        Ok(item) => item,
        Err(error) => return error.into_compile_error(),
    };
    let mut context = Context::new();
    for attribute in item
        .attrs
        .iter()
        .filter(|other| attribute::is_of_derive(other))
    {
        context.syntax_error(
            "`#[arg(…)]` on a field",
            "the struct itself has no keys",
            attribute,
        );
    }
    let fields = match Struct::from_derive_input(&item) {
        Ok(declared) => {
            if !item.generics.params.is_empty() {
                context.error(DiagnosticKind::GenericArguments, &item.generics.params);
            }
            fields(declared.data, &mut context)
        }
        // Only its shape can be invalid.
        Err(_) => {
            context.error(DiagnosticKind::NotAStruct, &item.ident);
            Vec::new()
        }
    };
    if context.has_errors() {
        if unreadable::is_unsized(&item) {
            return report::errors_beside(&context, TokenStream::new());
        }
        return report::errors_beside(&context, placeholder(&item.ident, &item.generics));
    }
    let implementation = implementation(&item.ident, &fields);
    let test = default_test::test(&item.ident, &fields);
    quote!(#implementation #test)
}

/// Reads the fields, whose names must differ.
fn fields(data: Data<Ignored, syn::Field>, context: &mut Context) -> Vec<Field> {
    let fields = data.take_struct().into_iter().flatten();
    let fields: Vec<_> = fields
        .filter_map(|field| Field::read(&field, context))
        .collect();
    for (index, field) in fields.iter().enumerate() {
        let Spanned { value, span } = &field.name;
        let mut before = fields[..index].iter();
        if let Some(first) = before.find(|other| other.name.value == *value) {
            context.report(
                Diagnostic::new(DiagnosticKind::DuplicateArgument(value.clone()), *span)
                    .with(first.name.span, "the first is"),
            );
        }
    }
    fields
}

fn implementation(name: &Ident, fields: &[Field]) -> TokenStream {
    let runtime = expand::runtime();
    let arguments = fields.iter().map(|field| argument(&runtime, field));
    let values = fields.iter().map(value);
    let parsed = parsed(Span::call_site());
    quote! {
        #[automatically_derived]
        impl #runtime::arguments::Args for #name {
            const ARGUMENTS: &'static [#runtime::graph::argument::Argument<&'static str>] = {
                use #runtime::graph::argument::OtherKind as _;
                // A use of the trait, for a struct whose types have kinds of their own.
                const _: #runtime::graph::argument::Kind = #runtime::graph::argument::KindOf::<()>::KIND;
                &[#(#arguments),*]
            };

            fn read(
                #parsed: &#runtime::graph::argument::ParsedArgs<'_>,
            ) -> ::core::result::Result<Self, #runtime::arguments::ArgumentError> {
                ::core::result::Result::Ok(Self { #(#values),* })
            }
        }
    }
}

/// The description of a field's argument.
fn argument(runtime: &TokenStream, field: &Field) -> TokenStream {
    let Field {
        name,
        help,
        placeholder,
        ..
    } = field;
    let name = &name.value;
    let kind = match field.shape.value_type() {
        None => quote!(#runtime::graph::argument::Kind::Flag),
        Some(type_) => quote!(#runtime::graph::argument::KindOf::<#type_>::KIND),
    };
    let presence = match (&field.shape, &field.default) {
        (Shape::Flag | Shape::Optional(_), _) => quote!(Optional),
        (Shape::List(_), _) => quote!(List),
        (Shape::One(_), None) => quote!(Required),
        (Shape::One(_), Some(text)) => quote!(Default(#text)),
    };
    quote! {
        #runtime::graph::argument::Argument {
            name: #name,
            section: "Program",
            help: #help,
            value: #placeholder,
            kind: #kind,
            presence: #runtime::graph::argument::Presence::#presence,
        }
    }
}

/// The initializer of a field. rustc reports an unsuitable type at the type.
fn value(field: &Field) -> TokenStream {
    let Field { ident, name, .. } = field;
    let name = &name.value;
    let read = match &field.shape {
        Shape::Flag => {
            let parsed = parsed(Span::call_site());
            return quote!(#ident: #parsed.flag(#name));
        }
        Shape::One(_) => quote!(value),
        Shape::Optional(_) => quote!(optional),
        Shape::List(_) => quote!(list),
    };
    let type_ = field.shape.value_type();
    let parsed = parsed(type_.span());
    let read = quote_spanned!(parsed.span()=> #parsed.#read::<#type_>(#name)?);
    quote!(#ident: #read)
}

/// The variable of the parsed arguments, located at `span`. The user's types and macros cannot name it.
fn parsed(span: Span) -> Ident {
    Ident::new("_arguments", Span::mixed_site().located_at(span))
}

/// An implementation for an invalid struct, so that its uses are not further errors.
fn placeholder(name: &Ident, generics: &Generics) -> TokenStream {
    let runtime = expand::runtime();
    let (parameters, arguments, bounds) = generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #parameters #runtime::arguments::Args for #name #arguments #bounds {
            const ARGUMENTS: &'static [#runtime::graph::argument::Argument<&'static str>] = &[];

            fn read(
                _: &#runtime::graph::argument::ParsedArgs<'_>,
            ) -> ::core::result::Result<Self, #runtime::arguments::ArgumentError> {
                ::core::unreachable!()
            }
        }
    }
}
