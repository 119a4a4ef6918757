//! What is not run, and why.

use crate::Result;
use std::{collections::BTreeMap, fs, path::Path};

/// The exclusions of a suite.
pub struct Exclusions {
    /// The reason by the name of a file or a test.
    pub reasons: BTreeMap<String, String>,
}

impl Exclusions {
    /// Reads `exclusions/SUITE.txt`. Each line has the name of a file, or of a test (`file::test`), and the reason.
    pub fn read(suite: &str) -> Result<Self> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("exclusions/{suite}.txt"));
        let text = fs::read_to_string(&path)?;
        let lines = text
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'));
        let entries = lines.map(|line| {
            let (name, reason) = line
                .split_once(char::is_whitespace)
                .ok_or_else(|| format!("no reason: {line}"))?;
            Ok((name.to_owned(), reason.trim().to_owned()))
        });
        Ok(Self {
            reasons: entries.collect::<Result<_>>()?,
        })
    }

    /// Whether a file, or a test (with the name of the crate before its path), is not run.
    pub fn excludes(&self, name: &str) -> bool {
        let in_crate = name.split_once("::").map_or(name, |(_, path)| path);
        self.reasons.contains_key(in_crate)
    }
}
