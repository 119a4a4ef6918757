//! The files of a program with std, as constants.

use super::{
    chosen::chosen,
    value::{bytes, value},
};
use crate::{
    context::Context,
    files::{Contents, FileNode, Files},
    variant::Unikernel,
};
use mirage_graph::{
    files::{DEFAULT_TMP, LISTING_VARIABLE},
    graph::ConfigValue,
};
use proc_macro2::{Literal, TokenStream};
use quote::quote;

/// The statement that mounts the files, before `main` begins.
pub(super) fn mount(unikernel: &Unikernel, context: &Context) -> TokenStream {
    let tmp = chosen(
        unikernel,
        |variant| variant.graph.tmp,
        |_, tmp| {
            let limit = tmp.map_or(ConfigValue::Known(DEFAULT_TMP), |tmp| tmp.value);
            value(limit, context.constants(), bytes)
        },
    );
    let has_root = unikernel
        .variants
        .iter()
        .any(|variant| variant.files.is_some());
    if !has_root {
        return quote!(_rt::process::mount(_rt::process::NO_FILES, #tmp););
    }
    let files = chosen(
        unikernel,
        |variant| variant.files.clone(),
        |_, files| files.map_or_else(|| quote!(_rt::process::NO_FILES), |files| tree(&files)),
    );
    quote! {
        // The compiler notes the value: Cargo compiles the program anew if a file appears.
        const _: ::core::option::Option<&::core::primitive::str> =
            ::core::option_env!(#LISTING_VARIABLE);
        static _FILES: &[_rt::process::TreeNode] = #files;
        _rt::process::mount(_FILES, #tmp);
    }
}

/// The nodes of a tree.
fn tree(files: &Files) -> TokenStream {
    let nodes = files.nodes.iter().map(node);
    quote!(&[#(#nodes),*])
}

fn node(node: &FileNode) -> TokenStream {
    let position = Literal::usize_unsuffixed;
    let (name, parent) = (&node.name, position(node.parent));
    match &node.contents {
        Contents::File { path, .. } => {
            let path = format!("/{path}");
            quote! {
                _rt::process::TreeNode::file(#name, #parent, ::core::include_bytes!(
                    ::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), #path)
                ))
            }
        }
        Contents::Directory { first, end } => {
            let (first, end) = (position(*first), position(*end));
            quote!(_rt::process::TreeNode::directory(#name, #parent, #first, #end))
        }
    }
}
