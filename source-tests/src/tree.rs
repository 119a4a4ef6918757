//! The modules of a crate: what each defines, imports and mentions.

use crate::{
    cfg::Cfg,
    paths::{self, Mention},
};
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};
use syn::{ForeignItem, Item, ItemMod, UseTree, Visibility};

/// The position of a module in its [`Tree`].
pub type ModuleId = usize;

/// The position of a file in its [`Tree`].
pub type FileId = usize;

/// Reads a source file; `None` if there is none.
pub type Read<'a> = &'a dyn Fn(&Path) -> Option<String>;

/// A crate's modules as one configuration has them.
pub struct Tree {
    /// The first is the root.
    pub(crate) modules: Vec<Module>,
    /// Every file, in the order read.
    pub files: Vec<PathBuf>,
}

/// A module, which may share its file with its parent.
pub(crate) struct Module {
    pub(crate) parent: Option<ModuleId>,
    pub(crate) file: FileId,
    pub(crate) names: HashMap<String, Vec<Definition>>,
    /// The paths before `::*`.
    pub(crate) globs: Vec<Vec<String>>,
    /// Whether a macro is called where items stand: it defines names that are not in `names`.
    pub(crate) calls_macros: bool,
    pub(crate) mentions: Vec<Mention>,
}

/// What a name stands for.
#[derive(Clone)]
pub(crate) enum Definition {
    /// A type or a trait: a path may go on behind it.
    Type,
    /// A function, a constant, a static or a macro.
    Value,
    /// A module.
    Module(ModuleId),
    /// The item that a `use` names, from the module that has it.
    Import(Vec<String>),
}

impl Tree {
    /// Reads the crate whose root file is `root`.
    ///
    /// # Panics
    ///
    /// Panics if a file is missing or is not Rust.
    pub fn read(root: &Path, cfg: Cfg, read: Read<'_>) -> Self {
        let mut reader = Reader {
            tree: Self {
                modules: Vec::new(),
                files: Vec::new(),
            },
            cfg,
            read,
        };
        let directory = root.parent().expect("a root file has a directory");
        reader.file(root, directory, None);
        reader.tree
    }
}

struct Reader<'a> {
    tree: Tree,
    cfg: Cfg,
    read: Read<'a>,
}

impl Reader<'_> {
    /// Reads a module from its own file. `directory` has the files of its child modules.
    fn file(&mut self, path: &Path, directory: &Path, parent: Option<ModuleId>) -> ModuleId {
        let text = (self.read)(path).unwrap_or_else(|| panic!("no file {}", path.display()));
        let file = syn::parse_file(&text).unwrap_or_else(|error| {
            let line = error.span().start().line;
            panic!("{}:{line}: {error}", path.display())
        });
        self.tree.files.push(path.to_path_buf());
        let id = self.tree.files.len() - 1;
        self.module(&file.items, id, directory, parent)
    }

    fn module(
        &mut self,
        items: &[Item],
        file: FileId,
        directory: &Path,
        parent: Option<ModuleId>,
    ) -> ModuleId {
        let id = self.tree.modules.len();
        self.tree.modules.push(Module {
            parent,
            file,
            names: HashMap::new(),
            globs: Vec::new(),
            calls_macros: false,
            mentions: Vec::new(),
        });
        for item in items {
            if self.cfg.includes_item(item) {
                self.item(item, id, directory);
            }
        }
        id
    }

    fn item(&mut self, item: &Item, module: ModuleId, directory: &Path) {
        match item {
            Item::Mod(child) => {
                let file = self.tree.modules[module].file;
                let id = self.child(child, file, directory, module);
                self.define(module, &child.ident, Definition::Module(id));
                return;
            }
            Item::Use(import) => {
                // A path that begins with `::` names another crate.
                if import.leading_colon.is_none() {
                    let exported = !matches!(import.vis, Visibility::Inherited);
                    self.import(&import.tree, &mut Vec::new(), module, exported);
                }
                return;
            }
            Item::Macro(rules) => {
                if let Some(name) = &rules.ident {
                    self.define(module, name, Definition::Value);
                } else {
                    self.tree.modules[module].calls_macros = true;
                }
            }
            Item::ForeignMod(block) => {
                for item in &block.items {
                    match item {
                        ForeignItem::Fn(function) => {
                            self.define(module, &function.sig.ident, Definition::Value);
                        }
                        ForeignItem::Static(item) => {
                            self.define(module, &item.ident, Definition::Value);
                        }
                        _ => {}
                    }
                }
            }
            Item::Fn(item) => self.define(module, &item.sig.ident, Definition::Value),
            Item::Const(item) => self.define(module, &item.ident, Definition::Value),
            Item::Static(item) => self.define(module, &item.ident, Definition::Value),
            Item::Struct(item) => self.define(module, &item.ident, Definition::Type),
            Item::Enum(item) => self.define(module, &item.ident, Definition::Type),
            Item::Union(item) => self.define(module, &item.ident, Definition::Type),
            Item::Trait(item) => self.define(module, &item.ident, Definition::Type),
            Item::TraitAlias(item) => self.define(module, &item.ident, Definition::Type),
            Item::Type(item) => self.define(module, &item.ident, Definition::Type),
            _ => {}
        }
        let (mentions, imports) = paths::mentioned_by(item, self.cfg);
        self.tree.modules[module].mentions.extend(mentions);
        for import in imports {
            self.import(&import, &mut Vec::new(), module, false);
        }
    }

    fn child(
        &mut self,
        child: &ItemMod,
        file: FileId,
        directory: &Path,
        parent: ModuleId,
    ) -> ModuleId {
        let name = child.ident.to_string();
        let own = directory.join(name.trim_start_matches("r#"));
        if let Some((_, items)) = &child.content {
            return self.module(items, file, &own, Some(parent));
        }
        let beside = own.with_extension("rs");
        let path = if (self.read)(&beside).is_some() {
            beside
        } else {
            own.join("mod.rs")
        };
        self.file(&path, &own, Some(parent))
    }

    /// Adds what `tree` imports. What is only exported again is not used by this module.
    fn import(
        &mut self,
        tree: &UseTree,
        prefix: &mut Vec<String>,
        module: ModuleId,
        exported: bool,
    ) {
        match tree {
            UseTree::Path(path) => {
                prefix.push(path.ident.to_string());
                self.import(&path.tree, prefix, module, exported);
                prefix.pop();
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.import(tree, prefix, module, exported);
                }
            }
            UseTree::Glob(_) => self.tree.modules[module].globs.push(prefix.clone()),
            UseTree::Name(leaf) => self.leaf(&leaf.ident, &leaf.ident, prefix, module, exported),
            UseTree::Rename(leaf) => self.leaf(&leaf.ident, &leaf.rename, prefix, module, exported),
        }
    }

    fn leaf(
        &mut self,
        name: &proc_macro2::Ident,
        alias: &proc_macro2::Ident,
        prefix: &[String],
        module: ModuleId,
        exported: bool,
    ) {
        let mut path = prefix.to_vec();
        let alias = if name == "self" {
            prefix.last().cloned().unwrap_or_default()
        } else {
            path.push(name.to_string());
            alias.to_string()
        };
        if !exported {
            let line = name.span().start().line;
            let mention = Mention {
                path: path.clone(),
                line,
            };
            self.tree.modules[module].mentions.push(mention);
        }
        let names = &mut self.tree.modules[module].names;
        names
            .entry(alias)
            .or_default()
            .push(Definition::Import(path));
    }

    fn define(&mut self, module: ModuleId, name: &proc_macro2::Ident, definition: Definition) {
        let names = &mut self.tree.modules[module].names;
        names.entry(name.to_string()).or_default().push(definition);
    }
}
