//! Reading the files of the image and the device nodes.

use super::transcript::step;
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    os::unix::fs::{FileExt, FileTypeExt},
};

pub fn run() {
    step("read", fs::read_to_string("/index.html"));
    step("read relative", fs::read_to_string("docs/../index.html"));
    step("read link", fs::read_to_string("/link.txt"));
    step("read empty", fs::read("/docs/empty"));
    step("read deep", fs::read_to_string("/docs/deep/file"));
    step("read missing", fs::read("/missing"));
    step("read directory", fs::read("/docs"));
    step("read below a file", fs::read("/index.html/x"));
    step("read with a slash", fs::read("/index.html/"));
    step("read without a name", fs::read(""));
    step(
        "read a long name",
        fs::read(format!("/{}", "x".repeat(256))),
    );
    step("read a long path", fs::read("/x".repeat(2500)));
    step("exists", fs::exists("/docs/notes.txt"));
    step("does not exist", fs::exists("/docs/nothing"));
    step("canonicalize", fs::canonicalize("docs/./deep/.."));
    step("canonicalize missing", fs::canonicalize("docs/x"));
    step("read link itself", fs::read_link("/index.html"));
    step("read at positions", positions());
    step("metadata", metadata("/docs/notes.txt"));
    step("metadata of a directory", metadata("/docs"));
    step("metadata of nothing", metadata("/nothing"));
    read_only();
    devices();
}

fn positions() -> io::Result<Vec<String>> {
    let mut file = File::open("/docs/notes.txt")?;
    let mut parts = Vec::new();
    let mut part = |mut file: &File| {
        let mut text = String::new();
        Read::take(file, 5).read_to_string(&mut text)?;
        parts.push(format!("{} {text}", file.stream_position()?));
        Ok::<_, io::Error>(())
    };
    part(&file)?;
    file.seek(SeekFrom::End(-4))?;
    part(&file)?;
    file.rewind()?;
    part(&file)?;
    let mut copy = file.try_clone()?;
    copy.seek(SeekFrom::Current(1))?;
    part(&file)?;
    let mut bytes = [0; 6];
    file.read_exact_at(&mut bytes, 6)?;
    parts.push(String::from_utf8_lossy(&bytes).into_owned());
    step("seek before the start", file.seek(SeekFrom::Current(-100)));
    step("seek after the end", file.seek(SeekFrom::Start(100)));
    step("read after the end", file.read(&mut bytes));
    Ok(parts)
}

fn metadata(path: &str) -> io::Result<(bool, bool, Option<u64>)> {
    let metadata = fs::metadata(path)?;
    let length = metadata.is_file().then_some(metadata.len());
    let _ = metadata.modified()?;
    Ok((metadata.is_file(), metadata.is_dir(), length))
}

fn read_only() {
    step("write", fs::write("/index.html", ""));
    step(
        "append",
        OpenOptions::new()
            .append(true)
            .open("/index.html")
            .map(drop),
    );
    step("create", fs::write("/new", ""));
    step(
        "create in a directory",
        File::create_new("/docs/new").map(drop),
    );
    step(
        "create what exists",
        File::create_new("/index.html").map(drop),
    );
    step("make a directory", fs::create_dir("/new"));
    step("make a directory that exists", fs::create_dir("/docs"));
    step("remove", fs::remove_file("/index.html"));
    step("remove what is missing", fs::remove_file("/missing"));
    step("remove a directory", fs::remove_dir("/docs"));
    step("remove all", fs::remove_dir_all("/docs"));
    step("rename", fs::rename("/index.html", "/other"));
    step("rename across", fs::rename("/index.html", "/tmp/other"));
    step(
        "truncate",
        File::open("/index.html").and_then(|file| file.set_len(0)),
    );
    step(
        "write to a reader",
        File::open("/index.html").and_then(|mut file| file.write(b"x")),
    );
}

fn devices() {
    step("null", fs::read("/dev/null"));
    step("write to null", fs::write("/dev/null", "nothing"));
    let random = || {
        let mut bytes = [[0; 32]; 2];
        File::open("/dev/urandom")?.read_exact(bytes.as_flattened_mut())?;
        Ok::<_, io::Error>(bytes[0] != bytes[1])
    };
    step("random", random());
    let kind = fs::metadata("/dev/null").map(|metadata| metadata.file_type().is_char_device());
    step("kind of null", kind);
}
