//! Inputs that are kept in the repository.

use std::{
    collections::BTreeSet,
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
};

/// The inputs of one target, a file each.
pub(crate) struct Corpus(PathBuf);

impl Corpus {
    pub(crate) fn read(name: &str) -> Self {
        Self(
            Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("corpus")
                .join(name),
        )
    }

    fn files(&self) -> Vec<PathBuf> {
        let Ok(directory) = fs::read_dir(&self.0) else {
            return Vec::new();
        };
        let files = directory.map(|file| file.expect("a file of the corpus").path());
        let mut files: Vec<_> = files.collect();
        files.sort();
        files
    }

    pub(crate) fn inputs(&self) -> Vec<Vec<u8>> {
        let files = self.files();
        let inputs = files
            .iter()
            .map(|path| fs::read(path).expect("a file of the corpus"));
        inputs.collect()
    }

    /// Writes an input. Its file is named after its content.
    pub(crate) fn write(&self, kind: &str, input: &[u8]) -> PathBuf {
        let mut hasher = DefaultHasher::new();
        input.hash(&mut hasher);
        fs::create_dir_all(&self.0).expect("the directory of the corpus");
        let path = self.0.join(format!("{kind}-{:016x}", hasher.finish()));
        fs::write(&path, input).expect("a file of the corpus");
        path
    }

    /// Removes found inputs that reach nothing that shorter ones do not. Failures stay.
    pub(crate) fn reduce(&mut self, mut reached: impl FnMut(&[u8]) -> BTreeSet<usize>) {
        let mut files: Vec<_> = self
            .files()
            .into_iter()
            .map(|path| (fs::read(&path).expect("a file of the corpus"), path))
            .collect();
        files.sort_by_key(|(input, _)| input.len());
        let mut all = BTreeSet::new();
        for (input, path) in files {
            let before = all.len();
            all.extend(reached(&input));
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if all.len() == before && name.starts_with("found-") {
                fs::remove_file(&path).expect("a file of the corpus");
            }
        }
    }
}
