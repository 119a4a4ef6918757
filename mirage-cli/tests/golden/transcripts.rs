//! Transcripts: invocations, what they print, and their status.
//!
//! A line `$ cargo mirage …` is run. `$ cd FOLDER` goes to a copy of `packages/FOLDER` that is in no
//! workspace, `$ cd .` back to the repository. `NAME=VALUE` before the command is its environment.

use crate::{compare, folder, none, repository, tool};
use std::{
    fs,
    path::{Path, PathBuf},
};

#[test]
fn the_tool_says_what_the_transcripts_hold() {
    let packages = tempfile::tempdir().expect("a temporary folder");
    copy(&folder().join("packages"), packages.path());
    let packages = packages.path().canonicalize().expect("it is there");
    let mut differences = Vec::new();
    let mut files: Vec<PathBuf> = fs::read_dir(folder().join("transcripts"))
        .expect("the transcripts")
        .map(|entry| entry.expect("a transcript").path())
        .collect();
    files.sort();
    for file in files {
        let transcript = fs::read_to_string(&file).expect("a text");
        let said = again(&transcript, &packages);
        differences.extend(compare(&file, &said).err());
    }
    none(differences);
}

/// The transcript of the same invocations today.
fn again(transcript: &str, packages: &Path) -> String {
    let mut place = repository();
    let mut said = String::new();
    for line in transcript.lines().filter(|line| line.starts_with("$ ")) {
        said += line;
        said += "\n";
        let words = line.split_whitespace().skip(1);
        let words: Vec<_> = words.map(|word| word.replace('\'', "")).collect();
        if let [cd, folder] = words.as_slice()
            && cd == "cd"
        {
            place = match folder.as_str() {
                "." => repository(),
                folder => packages.join(folder),
            };
            said += "\n";
            continue;
        }
        let mut tool = tool();
        tool.current_dir(&place);
        let environment = words.iter().map_while(|word| word.split_once('='));
        for (name, value) in environment.clone() {
            tool.env(name, value);
        }
        // `cargo` and `mirage`, which are the tool.
        tool.args(&words[environment.count() + 2..]);
        let output = tool.output().expect("the tool runs");
        for text in [output.stdout, output.stderr] {
            let text = String::from_utf8(text).expect("text");
            let text = text.replace(&*packages.to_string_lossy(), "[packages]");
            said += &text.replace(&*repository().to_string_lossy(), "[repository]");
        }
        match output.status.code() {
            Some(status) => said += &format!("[status {status}]\n\n"),
            None => said += "[ended by a signal]\n\n",
        }
    }
    said
}

/// Copies a folder.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let (path, copied) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &copied);
        } else {
            fs::copy(&path, &copied).expect("a file");
        }
    }
}
