//! Transcripts: invocations, what they print, and their status.
//!
//! A line `$ cargo mirage …` is run. `NAME=VALUE` before it is its environment, where `$PATH` stands
//! for the tests' own, and in all words `[packages]`, `[programs]` and `[version]` for a copy of
//! `packages/`, a folder of programs, and the manifest's version. Other lines prepare it:
//!
//! - `$ cd FOLDER` goes to `[packages]/FOLDER`, which is in no workspace, `$ cd .` back to the
//!   repository;
//! - `$ program NAME…: SCRIPT` puts programs that are this shell script into `[programs]`, which has
//!   none in the beginning of a transcript;
//! - `$ take PORT` takes a port of the host until the transcript's end.

use crate::{compare, folder, images, none, repository, tool};
use std::{
    fs,
    net::{Ipv4Addr, TcpListener, UdpSocket},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

#[test]
fn the_tool_prints_what_the_transcripts_contain() {
    let packages = tempfile::tempdir().expect("a temporary folder");
    copy(&folder().join("packages"), packages.path());
    let packages = packages.path().canonicalize().expect("it is there");
    fs::create_dir(packages.join("images")).expect("a folder");
    images::write(&packages.join("images"));
    let mut differences = Vec::new();
    let mut files: Vec<PathBuf> = fs::read_dir(folder().join("transcripts"))
        .expect("the transcripts")
        .map(|entry| entry.expect("a transcript").path())
        .collect();
    files.sort();
    for file in files {
        let transcript = fs::read_to_string(&file).expect("a text");
        let replayed = Session::new(&packages).replay(&transcript);
        differences.extend(compare(&file, &replayed).err());
    }
    none(differences);
}

/// Runs the commands of a transcript.
struct Session<'a> {
    packages: &'a Path,
    programs: tempfile::TempDir,
    place: PathBuf,
    ports: Vec<(Option<TcpListener>, Option<UdpSocket>)>,
}

impl<'a> Session<'a> {
    fn new(packages: &'a Path) -> Self {
        Self {
            packages,
            programs: tempfile::tempdir().expect("a temporary folder"),
            place: repository(),
            ports: Vec::new(),
        }
    }

    /// Runs the commands of a transcript again and returns the new transcript.
    fn replay(&mut self, transcript: &str) -> String {
        let mut replayed = String::new();
        for line in transcript.lines() {
            let Some(command) = line.strip_prefix("$ ") else {
                continue;
            };
            replayed += line;
            replayed += "\n";
            match command.split_once(' ').expect("two words") {
                ("cd", ".") => self.place = repository(),
                ("cd", folder) => self.place = self.packages.join(folder),
                ("program", rest) => self.program(rest),
                ("take", port) => self.take(port.parse().expect("a port")),
                _ => replayed += &self.run(command),
            }
            replayed += "\n";
        }
        replayed
    }

    /// Runs a command and returns its output and its status.
    fn run(&self, command: &str) -> String {
        let words = command.split_whitespace();
        let words: Vec<_> = words
            .map(|word| self.expand(&word.replace('\'', "")))
            .collect();
        let mut tool = tool();
        tool.current_dir(&self.place);
        let environment = words.iter().map_while(|word| word.split_once('='));
        let path = std::env::var("PATH").unwrap_or_default();
        for (name, value) in environment.clone() {
            tool.env(name, value.replace("$PATH", &path));
        }
        // `cargo` and `mirage`, which are the tool.
        tool.args(&words[environment.count() + 2..]);
        let output = tool.output().expect("the tool runs");
        let mut printed = String::new();
        for text in [output.stdout, output.stderr] {
            let text = String::from_utf8(text).expect("text");
            printed += &self.shown(text);
        }
        match output.status.code() {
            Some(status) => printed + &format!("[status {status}]\n"),
            None => printed + "[ended by a signal]\n",
        }
    }

    fn folders(&self) -> [(&'static str, String); 3] {
        let text = |path: &Path| path.to_string_lossy().into_owned();
        [
            ("[packages]", text(self.packages)),
            ("[programs]", text(self.programs.path())),
            ("[repository]", text(&repository())),
        ]
    }

    /// Replaces placeholders in a word by directories and the version.
    fn expand(&self, word: &str) -> String {
        let version = mirage_graph::manifest::VERSION.to_string();
        let word = word.replace("[version]", &version);
        let folders = self.folders().into_iter();
        folders.fold(word, |word, (name, folder)| word.replace(name, &folder))
    }

    /// Replaces directories in a text by placeholders.
    fn shown(&self, text: String) -> String {
        let folders = self.folders().into_iter();
        folders.fold(text, |text, (name, folder)| text.replace(&folder, name))
    }

    /// `NAME…: SCRIPT`
    fn program(&self, words: &str) {
        let (names, script) = words.split_once(':').expect("names and a script");
        for name in names.split_whitespace() {
            let path = self.programs.path().join(name);
            fs::write(&path, format!("#!/bin/sh\n{}\n", script.trim())).expect("a file");
            fs::set_permissions(path, PermissionsExt::from_mode(0o755)).expect("a program");
        }
    }

    /// If another process has the port, it is taken as well.
    fn take(&mut self, port: u16) {
        let at = (Ipv4Addr::LOCALHOST, port);
        let taken = (TcpListener::bind(at).ok(), UdpSocket::bind(at).ok());
        self.ports.push(taken);
    }
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
