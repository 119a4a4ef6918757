//! Directories: those of the image, and new ones below `/tmp`.

use super::transcript::step;
use std::{
    env, fs,
    io::{self, Error},
    path::Path,
};

pub fn run() {
    step("list", list("/"));
    step("list below", list("/docs"));
    step("list relative", list("."));
    step("list a file", list("/index.html"));
    step("list nothing", list("/nothing"));
    step("make", fs::create_dir("/tmp/d"));
    step("make again", fs::create_dir("/tmp/d"));
    step("make below nothing", fs::create_dir("/tmp/x/y"));
    step("make below a file", fs::create_dir("/tmp/a/b"));
    step("make with a slash", fs::create_dir("/tmp/d/s/"));
    step("make all", fs::create_dir_all("/tmp/d/e/f/g"));
    step("write below", fs::write("/tmp/d/e/file", "text"));
    step("list new", list("/tmp/d"));
    step("remove what is not empty", fs::remove_dir("/tmp/d"));
    step("remove a file as a directory", fs::remove_dir("/tmp/a"));
    step("remove a directory as a file", fs::remove_file("/tmp/d/e"));
    step("remove .", fs::remove_dir("/tmp/d/s/."));
    step("remove ..", fs::remove_dir("/tmp/d/s/.."));
    step("working directory", working_directory());
    step("list while removing", removing());
    step("remove all", fs::remove_dir_all("/tmp/d"));
    step("list what is left", list("/tmp"));
    step("remove nothing", fs::remove_dir_all("/tmp/d"));
    step("remove a mount point", fs::remove_dir("/tmp"));
}

fn list(path: &str) -> io::Result<Vec<(String, bool)>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let name = entry.file_name().into_string();
        let name = name.map_err(|_| Error::other("a name"))?;
        // The process has other device nodes than these.
        entries.push((name, entry.file_type()?.is_dir()));
    }
    entries.sort();
    Ok(entries)
}

fn working_directory() -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    for path in ["/docs", "deep", "../..", "/tmp/d", "e/f/.."] {
        env::set_current_dir(path)?;
        found.push(env::current_dir()?.display().to_string());
    }
    step("a relative file", fs::read_to_string("file"));
    step(
        "a relative path up",
        fs::read_to_string("../../../docs/deep/file"),
    );
    fs::create_dir("gone")?;
    env::set_current_dir("gone")?;
    fs::remove_dir("../gone")?;
    step("a directory that is gone", env::current_dir());
    step("a file in it", fs::write("new", ""));
    step(
        "its parent",
        fs::metadata("..").map(|metadata| metadata.is_dir()),
    );
    env::set_current_dir("/")?;
    step("change to a file", env::set_current_dir("/index.html"));
    Ok(found)
}

/// Removes each entry while listing the directory.
fn removing() -> io::Result<usize> {
    let directory = Path::new("/tmp/many");
    fs::create_dir(directory)?;
    for number in 0..100 {
        fs::write(directory.join(number.to_string()), "")?;
    }
    for entry in fs::read_dir(directory)? {
        fs::remove_file(entry?.path())?;
    }
    let left = fs::read_dir(directory)?.count();
    fs::remove_dir(directory)?;
    Ok(left)
}
