//! Cycles of files that use each other.
//!
//! A file uses another if its code names an item that the other defines, by `use` or by a path. To
//! declare a module (`mod`) and to export an item again (`pub use`) is not to use it.

use crate::tree::{FileId, Tree};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Why a file uses another: a path in it, and its line.
#[derive(Debug, Clone)]
struct Reason {
    path: String,
    line: usize,
}

/// Which files use which.
pub struct Uses<'a> {
    tree: &'a Tree,
    edges: Vec<BTreeMap<FileId, Reason>>,
}

impl<'a> Uses<'a> {
    /// The uses in a crate.
    pub fn in_crate(tree: &'a Tree) -> Self {
        let mut edges = vec![BTreeMap::new(); tree.files.len()];
        for (id, module) in tree.modules.iter().enumerate() {
            for mention in &module.mentions {
                for file in tree.defining_files(id, &mention.path) {
                    if file != module.file {
                        let reason = || Reason {
                            path: mention.path.join("::"),
                            line: mention.line,
                        };
                        edges[module.file].entry(file).or_insert_with(reason);
                    }
                }
            }
        }
        Self { tree, edges }
    }

    /// The groups of files in which each reaches every other.
    pub fn cycles(&self) -> Vec<BTreeSet<FileId>> {
        let reached: Vec<BTreeSet<FileId>> = (0..self.edges.len())
            .map(|file| self.reached_from(file))
            .collect();
        let mut cycles: Vec<BTreeSet<FileId>> = Vec::new();
        for file in 0..reached.len() {
            if reached[file].contains(&file) && !cycles.iter().any(|cycle| cycle.contains(&file)) {
                let others = reached[file].iter().copied();
                cycles.push(
                    others
                        .filter(|other| reached[*other].contains(&file))
                        .collect(),
                );
            }
        }
        cycles
    }

    fn reached_from(&self, file: FileId) -> BTreeSet<FileId> {
        let mut reached = BTreeSet::new();
        let mut next = vec![file];
        while let Some(file) = next.pop() {
            next.extend(
                self.edges[file]
                    .keys()
                    .filter(|file| reached.insert(**file)),
            );
        }
        reached
    }

    /// Describes a cycle: a shortest path through it, then every use inside of it.
    pub fn describe(&self, cycle: &BTreeSet<FileId>) -> String {
        let paths = cycle.iter().map(|file| self.shortest_path(*file));
        let shortest = paths.min_by_key(Vec::len).unwrap_or_default();
        let names: Vec<_> = shortest.iter().map(|file| self.name(*file)).collect();
        let mut text = format!("{} files: {}\n", cycle.len(), names.join(" -> "));
        for file in cycle {
            for (used, reason) in &self.edges[*file] {
                if cycle.contains(used) {
                    let (from, to) = (self.name(*file), self.name(*used));
                    text += &format!("  {from}:{} -> {to} ({})\n", reason.line, reason.path);
                }
            }
        }
        text
    }

    /// The shortest path from a file to itself.
    fn shortest_path(&self, start: FileId) -> Vec<FileId> {
        let mut from = BTreeMap::new();
        let mut next = VecDeque::from([start]);
        while let Some(file) = next.pop_front() {
            for used in self.edges[file].keys() {
                if *used == start {
                    let mut path = vec![start, file];
                    while let Some(before) = from.get(path.last().unwrap_or(&start)) {
                        path.push(*before);
                    }
                    path.reverse();
                    return path;
                }
                if !from.contains_key(used) {
                    from.insert(*used, file);
                    next.push_back(*used);
                }
            }
        }
        Vec::new()
    }

    fn name(&self, file: FileId) -> String {
        let root = self.tree.files[0].parent();
        let path = &self.tree.files[file];
        let name = root.and_then(|root| path.strip_prefix(root).ok());
        name.unwrap_or(path).display().to_string()
    }
}

#[cfg(test)]
mod tests;
