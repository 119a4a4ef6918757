//! The derive `Args`: a struct that is read from boot arguments.

mod attribute;
mod field;

use crate::{context::Context, expand, report};
use darling::{
    FromDeriveInput,
    ast::{Data, Fields},
    util::Ignored,
};
use field::{Field, Shape};
use mirage_graph::{
    diagnostic::{Diagnostic, DiagnosticKind},
    graph::Spanned,
};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{DeriveInput, Generics, spanned::Spanned as _};

/// What darling reads of the struct.
#[derive(FromDeriveInput)]
#[darling(supports(struct_named))]
struct Struct {
    ident: Ident,
    data: Data<Ignored, field::Declared>,
}

/// Writes the implementation of `Args`, and what is wrong.
pub(crate) fn derive(item: TokenStream) -> TokenStream {
    let item: DeriveInput = match syn::parse2(item) {
        Ok(item) => item,
        Err(error) => return error.into_compile_error(),
    };
    let mut context = Context::new();
    if !is_struct_with_names(&item) {
        context.error(DiagnosticKind::NotAStruct, &item.ident);
    } else if !item.generics.params.is_empty() {
        context.error(DiagnosticKind::GenericArguments, &item.generics.params);
    }
    if context.has_errors() {
        return report::errors_beside(&context, stand_in(&item.ident, &item.generics));
    }
    let declared = match Struct::from_derive_input(&item) {
        Ok(declared) => declared,
        Err(error) => return error.write_errors(),
    };
    let fields = fields(declared.data.take_struct(), &mut context);
    if context.has_errors() {
        return report::errors_beside(&context, stand_in(&declared.ident, &item.generics));
    }
    implementation(&declared.ident, &fields)
}

fn is_struct_with_names(item: &DeriveInput) -> bool {
    matches!(&item.data, syn::Data::Struct(data) if matches!(data.fields, syn::Fields::Named(_)))
}

/// The fields, with those of one name found.
fn fields(declared: Option<Fields<field::Declared>>, context: &mut Context) -> Vec<Field> {
    let declared = declared.into_iter().flat_map(|fields| fields.fields);
    let fields: Vec<_> = declared
        .filter_map(|declared| Field::new(declared, context))
        .collect();
    for (index, field) in fields.iter().enumerate() {
        let Spanned { value, span: place } = &field.name;
        let mut before = fields[..index].iter();
        if let Some(first) = before.find(|other| other.name.value == *value) {
            context.report(
                Diagnostic::new(DiagnosticKind::DuplicateArgument(value.clone()), *place)
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
            const ARGUMENTS: &'static [#runtime::arguments::Argument<&'static str>] = {
                #[allow(unused_imports)]
                use #runtime::arguments::OtherKind as _;
                &[#(#arguments),*]
            };

            fn read(
                #parsed: &#runtime::arguments::ParsedArgs<'_>,
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
        None => quote!(#runtime::arguments::Kind::Flag),
        Some(type_) => quote!(#runtime::arguments::KindOf::<#type_>::KIND),
    };
    let presence = match (&field.shape, &field.default) {
        (Shape::Flag | Shape::Optional(_), _) => quote!(Optional),
        (Shape::List(_), _) => quote!(List),
        (Shape::One(_), None) => quote!(Required),
        (Shape::One(_), Some(text)) => quote!(Default(#text)),
    };
    quote! {
        #runtime::arguments::Argument {
            name: #name,
            section: "Program",
            help: #help,
            value: #placeholder,
            kind: #kind,
            presence: #runtime::arguments::Presence::#presence,
        }
    }
}

/// The field, read. A type that cannot be is reported where it stands.
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

/// The variable that holds what the boot was given, where `span` is. The user's own types and the
/// macros that they come from do not see it.
fn parsed(span: Span) -> Ident {
    Ident::new("_arguments", Span::mixed_site().located_at(span))
}

/// An implementation for a struct with an error, so that nothing else is wrong because of it.
fn stand_in(name: &Ident, generics: &Generics) -> TokenStream {
    let runtime = expand::runtime();
    let (parameters, arguments, bounds) = generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #parameters #runtime::arguments::Args for #name #arguments #bounds {
            const ARGUMENTS: &'static [#runtime::arguments::Argument<&'static str>] = &[];

            fn read(
                _: &#runtime::arguments::ParsedArgs<'_>,
            ) -> ::core::result::Result<Self, #runtime::arguments::ArgumentError> {
                ::core::unreachable!()
            }
        }
    }
}
