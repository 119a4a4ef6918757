//! The paths that code mentions, inside of macro calls as well.

use crate::cfg::Cfg;
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::{
    Expr, ExprCall, ExprPath, ImplItem, Item, Local, Macro, UseTree, Visibility,
    visit::{self, Visit},
};

/// A path and the line that has it.
pub(crate) struct Mention {
    pub(crate) path: Vec<String>,
    pub(crate) line: usize,
}

/// The paths in an item, and the imports in its functions' bodies.
pub(crate) fn mentioned_by(item: &Item, cfg: Cfg) -> (Vec<Mention>, Vec<UseTree>) {
    let mut collector = Collector {
        mentions: Vec::new(),
        imports: Vec::new(),
        cfg,
    };
    collector.visit_item(item);
    (collector.mentions, collector.imports)
}

struct Collector {
    mentions: Vec<Mention>,
    imports: Vec<UseTree>,
    cfg: Cfg,
}

impl<'a> Visit<'a> for Collector {
    fn visit_item(&mut self, item: &'a Item) {
        if self.cfg.includes_item(item) {
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item(&mut self, item: &'a ImplItem) {
        let attributes = match item {
            ImplItem::Const(item) => &item.attrs[..],
            ImplItem::Fn(item) => &item.attrs,
            ImplItem::Type(item) => &item.attrs,
            _ => &[],
        };
        if self.cfg.includes(attributes) {
            visit::visit_impl_item(self, item);
        }
    }

    fn visit_local(&mut self, local: &'a Local) {
        if self.cfg.includes(&local.attrs) {
            visit::visit_local(self, local);
        }
    }

    fn visit_item_use(&mut self, import: &'a syn::ItemUse) {
        if import.leading_colon.is_none() {
            self.imports.push(import.tree.clone());
        }
    }

    // `pub(in path)` and attributes name modules without depending on them.
    fn visit_visibility(&mut self, _: &'a Visibility) {}
    fn visit_attribute(&mut self, _: &'a syn::Attribute) {}

    fn visit_expr_call(&mut self, call: &'a ExprCall) {
        if let Expr::Path(function) = &*call.func {
            self.mention(&function.path);
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_expr_path(&mut self, expression: &'a ExprPath) {
        // It may be a variable.
        let variable = expression.path.get_ident();
        if !variable.is_some_and(|name| name.to_string().starts_with(char::is_lowercase)) {
            visit::visit_expr_path(self, expression);
        }
    }

    fn visit_path(&mut self, path: &'a syn::Path) {
        self.mention(path);
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'a Macro) {
        self.mention(&call.path);
        self.tokens(call.tokens.clone());
    }
}

impl Collector {
    fn mention(&mut self, path: &syn::Path) {
        if path.leading_colon.is_none()
            && let Some(first) = path.segments.first()
        {
            let segments = path
                .segments
                .iter()
                .map(|segment| segment.ident.to_string());
            self.mentions.push(Mention {
                path: segments.collect(),
                line: first.ident.span().start().line,
            });
        }
    }

    /// What looks like a path in the tokens of a macro. `$crate` is the crate that defines it.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path = Vec::new();
        let mut line = 0;
        let mut before = ' ';
        let mut tokens = tokens.into_iter().peekable();
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Ident(name) => {
                    if path.is_empty() {
                        line = name.span().start().line;
                    }
                    let is_field = before == '.';
                    before = 'a';
                    path.push(name.to_string());
                    let colon = |token: Option<&TokenTree>| matches!(token, Some(TokenTree::Punct(mark)) if mark.as_char() == ':');
                    let mut ahead = tokens.clone();
                    if colon(ahead.next().as_ref())
                        && colon(ahead.next().as_ref())
                        && matches!(ahead.next(), Some(TokenTree::Ident(_)))
                    {
                        tokens.nth(1);
                        continue;
                    }
                    let is_call = matches!(tokens.peek(), Some(TokenTree::Group(group))
                        if group.delimiter() == Delimiter::Parenthesis);
                    let is_variable =
                        path.len() == 1 && !is_call && path[0].starts_with(char::is_lowercase);
                    let path = std::mem::take(&mut path);
                    if !is_field && !is_variable {
                        self.mentions.push(Mention { path, line });
                    }
                }
                TokenTree::Group(group) => {
                    before = ' ';
                    self.tokens(group.stream());
                }
                TokenTree::Punct(mark) => before = mark.as_char(),
                TokenTree::Literal(_) => before = ' ',
            }
        }
    }
}
