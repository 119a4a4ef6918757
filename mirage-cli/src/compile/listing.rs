//! The names of the files that a program may have in its image. Cargo knows of changes to a file, since the compiler
//! reads it, but not of new files.

use hmac_sha256::Hash;
use std::{
    collections::{BTreeSet, VecDeque},
    fmt::Write,
    fs,
    os::unix::ffi::OsStrExt,
    path::{Component, Path},
};

/// The bytes of a digest that are used: enough to tell two listings apart.
const LENGTH: usize = 16;

/// Returns a digest of the names in each directory of the package that is written as a literal in `source`; `None`
/// if there is none. The directory of the key `root` is one of them.
pub fn digest(package: &Path, source: &str) -> Option<String> {
    let directories = literals(source).filter(|path| is_directory(package, path));
    let directories: BTreeSet<_> = directories.collect();
    if directories.is_empty() {
        return None;
    }
    let mut hash = Hash::new();
    for directory in directories {
        add(&mut hash, &package.join(directory));
    }
    let mut text = String::new();
    for byte in &hash.finalize()[..LENGTH] {
        let _ = write!(text, "{byte:02x}");
    }
    Some(text)
}

/// The parts of a source text between two quotation marks. What is between two literals is no directory.
fn literals(source: &str) -> impl Iterator<Item = &str> {
    source.split('"').filter(|text| !text.contains('\n'))
}

/// Whether a path is that of a directory below the package.
fn is_directory(package: &Path, path: &str) -> bool {
    let is_within = |part| matches!(part, Component::Normal(_) | Component::CurDir);
    let mut components = Path::new(path).components();
    components.clone().all(is_within)
        && components.any(|part| matches!(part, Component::Normal(_)))
        && package.join(path).is_dir()
}

/// Adds the names below a directory, and the targets of links. What cannot be read is an error of the compiler's.
fn add(hash: &mut Hash, directory: &Path) {
    let mut pending = VecDeque::from([directory.to_path_buf()]);
    while let Some(directory) = pending.pop_front() {
        let entries = fs::read_dir(&directory).into_iter().flatten().flatten();
        let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
        paths.sort_unstable();
        for path in paths {
            let target = fs::read_link(&path).unwrap_or_default();
            for text in [&path, &target] {
                hash.update(text.as_os_str().as_bytes());
                // No path contains this byte.
                hash.update(b"\0");
            }
            if fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_dir()) {
                pending.push_back(path);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_change_the_digest_and_contents_do_not() {
        let package = tempfile::tempdir().expect("a directory");
        let files = package.path().join("files");
        fs::create_dir_all(files.join("below")).expect("a directory");
        fs::create_dir(package.path().join("src")).expect("a directory");
        let source = "#[unikernel(root = match target { unix => \"files/\", _ => \"x\" })]";
        let digest = || digest(package.path(), source).expect("a directory");
        let first = digest();
        fs::write(files.join("below/new"), "").expect("a file");
        let second = digest();
        assert_ne!(second, first);
        fs::write(files.join("below/new"), "contents").expect("a file");
        fs::write(package.path().join("src/main.rs"), source).expect("a file");
        assert_eq!(digest(), second);
        fs::rename(files.join("below/new"), files.join("new")).expect("the file");
        assert_ne!(digest(), second);
        fs::remove_file(files.join("new")).expect("the file");
        assert_eq!(digest(), first);
    }

    #[test]
    fn a_program_without_directories_has_no_digest() {
        let package = tempfile::tempdir().expect("a directory");
        fs::write(package.path().join("file"), "").expect("a file");
        for path in ["", ".", "..", "/", "file", "missing", "../"] {
            let source = format!("root = \"{path}\"");
            assert_eq!(digest(package.path(), &source), None, "{path}");
        }
    }
}
