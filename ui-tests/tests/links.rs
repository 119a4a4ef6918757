//! The links between the pages of the book, the README and their headings lead somewhere.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The Markdown files in `directory`, and in those below it if `deep`.
fn pages(directory: &Path, deep: bool) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).expect("a directory");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut pages = Vec::new();
    for path in paths {
        if deep && path.is_dir() {
            pages.extend(self::pages(&path, deep));
        } else if path.extension().is_some_and(|extension| extension == "md") {
            pages.push(path);
        }
    }
    pages
}

/// The lines of a page that are not code.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut is_code = false;
    text.lines().filter(move |line| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        !is_code && !is_fence
    })
}

/// The anchor of a heading, as mdBook and GitHub form it.
fn anchor(heading: &str) -> String {
    let text = heading.trim_start_matches('#').trim().to_lowercase();
    text.chars()
        .filter(|it| it.is_alphanumeric() || [' ', '-', '_'].contains(it))
        .map(|it| if it == ' ' { '-' } else { it })
        .collect()
}

/// The targets of the links in a line: `[text](target)`.
fn targets(line: &str) -> impl Iterator<Item = &str> {
    let links = line.split("](").skip(1);
    links.filter_map(|link| link.split_once(')').map(|(target, _)| target))
}

#[test]
fn links_lead_to_pages_and_headings() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut count = 0;
    for page in [pages(&root, false), pages(&root.join("docs"), true)].concat() {
        let text = fs::read_to_string(&page).expect("a page");
        for target in prose(&text).flat_map(targets) {
            if target.contains("://") {
                continue;
            }
            let (path, heading) = target.split_once('#').unwrap_or((target, ""));
            let linked = match path {
                "" => page.clone(),
                path => page.with_file_name(path),
            };
            let place = page.display();
            assert!(linked.exists(), "{place}: no page `{target}`");
            if !heading.is_empty() {
                let text = fs::read_to_string(&linked).expect("a page");
                let mut headings = prose(&text).filter(|line| line.starts_with('#'));
                let found = headings.any(|line| anchor(line) == heading);
                assert!(found, "{place}: no heading `{target}`");
            }
            count += 1;
        }
    }
    assert!(count > 50, "{count} links are checked");
}
