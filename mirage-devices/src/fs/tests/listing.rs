//! Listing directories that change meanwhile.

use super::{CREATE, HERE, names, open, unikernel};
use crate::fs::DirectoryStream;
use std::format;

#[test]
fn entries_that_exist_throughout_are_listed_once() {
    let (table, _) = unikernel(1 << 20);
    for index in 0..100 {
        let path = format!("/tmp/{index:03}");
        drop(table.open(HERE, path.as_bytes(), &CREATE).unwrap());
    }
    let directory = open(&table, "/tmp").unwrap();
    let mut stream = DirectoryStream::new();
    let mut listed = std::vec::Vec::new();
    while let Some(entry) = stream.next(&table, &directory).unwrap() {
        let name = std::string::String::from_utf8(entry.name.to_vec()).unwrap();
        // The entry itself, and one that was listed before, are removed; others appear before and after.
        if let Ok(index) = name.parse::<u32>() {
            for removed in [index, index.saturating_sub(7)] {
                let path = format!("/tmp/{removed:03}");
                let _ = table.remove_file(HERE, path.as_bytes());
            }
            let path = format!("/tmp/{index:03}new");
            drop(table.open(HERE, path.as_bytes(), &CREATE).unwrap());
        }
        listed.push(name);
    }
    let old = listed.iter().filter(|name| name.parse::<u32>().is_ok());
    assert!(old.cloned().eq((0..100).map(|index| format!("{index:03}"))));
    stream.rewind();
    let first = stream.next(&table, &directory).unwrap();
    assert_eq!(first.unwrap().name, b".");
}

#[test]
fn a_tree_is_listed_in_order() {
    let (table, _) = unikernel(1 << 20);
    let root = names(&table, "/").unwrap();
    assert_eq!(root, [".", "..", "dev", "index.html", "site", "tmp"]);
    assert_eq!(
        names(&table, "/site").unwrap(),
        [".", "..", "a.txt", "b.txt"]
    );
    let devices = names(&table, "/dev").unwrap();
    assert_eq!(devices, [".", "..", "null", "random", "urandom", "zero"]);
}
