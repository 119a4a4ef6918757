//! Resolves a path to the files that define its item.

use crate::tree::{Definition, FileId, ModuleId, Tree};
use std::collections::HashSet;

#[derive(Clone, Copy)]
enum Target {
    Module(ModuleId),
    Type(FileId),
    Value(FileId),
}

/// The names that are being resolved: imports may lead back to themselves.
type Visited = HashSet<(ModuleId, String)>;

impl Tree {
    /// The files that define the item of a path, as `module` sees it. A module is not an item.
    pub(crate) fn defining_files(&self, module: ModuleId, path: &[String]) -> Vec<FileId> {
        let targets = self.resolve(module, path, &mut Visited::new());
        let files = targets.into_iter().filter_map(|target| match target {
            Target::Module(_) => None,
            Target::Type(file) | Target::Value(file) => Some(file),
        });
        files.collect()
    }

    fn resolve(&self, module: ModuleId, path: &[String], visited: &mut Visited) -> Vec<Target> {
        let mut targets = vec![Target::Module(module)];
        for (index, name) in path.iter().enumerate() {
            targets = match name.as_str() {
                "self" => targets,
                "crate" => vec![Target::Module(0)],
                "super" => targets
                    .into_iter()
                    .filter_map(|target| match target {
                        Target::Module(id) => self.modules[id].parent.map(Target::Module),
                        _ => None,
                    })
                    .collect(),
                name => targets
                    .into_iter()
                    .flat_map(|target| match target {
                        Target::Module(id) => self.lookup(id, name, visited),
                        // An associated item or a variant is where its type is.
                        Target::Type(_) => vec![target],
                        Target::Value(_) => Vec::new(),
                    })
                    .collect(),
            };
            // A function may have the name of a module or a type.
            if index + 1 < path.len() {
                targets.retain(|target| !matches!(target, Target::Value(_)));
            }
        }
        targets
    }

    fn lookup(&self, module: ModuleId, name: &str, visited: &mut Visited) -> Vec<Target> {
        let key = (module, name.to_string());
        if !visited.insert(key.clone()) {
            return Vec::new();
        }
        let of = &self.modules[module];
        let targets = if let Some(definitions) = of.names.get(name) {
            let targets = definitions.iter().flat_map(|definition| match definition {
                Definition::Type => vec![Target::Type(of.file)],
                Definition::Value => vec![Target::Value(of.file)],
                Definition::Module(id) => vec![Target::Module(*id)],
                Definition::Import(path) => self.resolve(module, path, visited),
            });
            targets.collect()
        } else {
            let mut targets = Vec::new();
            for glob in &of.globs {
                for target in self.resolve(module, glob, visited) {
                    if let Target::Module(id) = target {
                        targets.extend(self.lookup(id, name, visited));
                    }
                }
            }
            if targets.is_empty() && of.calls_macros {
                targets.push(Target::Type(of.file));
            }
            targets
        };
        visited.remove(&key);
        targets
    }
}
