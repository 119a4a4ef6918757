//! Renaming below `/tmp`.

use super::transcript::step;
use std::{fs, io};

pub fn run() {
    step("prepare", prepare());
    step("rename", fs::rename("/tmp/f", "/tmp/g"));
    step("rename what is gone", fs::rename("/tmp/f", "/tmp/g"));
    step("replace", fs::rename("/tmp/g", "/tmp/h"));
    step("read what was replaced", fs::read_to_string("/tmp/h"));
    step("rename to itself", fs::rename("/tmp/h", "/tmp/h"));
    step("file over directory", fs::rename("/tmp/h", "/tmp/d"));
    step("directory over file", fs::rename("/tmp/d", "/tmp/h"));
    step(
        "directory over a full one",
        fs::rename("/tmp/empty", "/tmp/d"),
    );
    step(
        "directory over an empty one",
        fs::rename("/tmp/d", "/tmp/empty"),
    );
    step(
        "directory into itself",
        fs::rename("/tmp/empty", "/tmp/empty/x"),
    );
    step(
        "over an ancestor",
        fs::rename("/tmp/empty/sub", "/tmp/empty"),
    );
    step("file with a slash", fs::rename("/tmp/h", "/tmp/i/"));
    step("across file systems", fs::rename("/tmp/h", "/h"));
    step("to a device", fs::rename("/tmp/h", "/dev/null"));
    step("a mount point", fs::rename("/tmp", "/x"));
    step("dots", fs::rename("/tmp/empty/.", "/tmp/y"));
    step(
        "moved with its contents",
        fs::read_to_string("/tmp/empty/sub/file"),
    );
}

fn prepare() -> io::Result<()> {
    fs::write("/tmp/f", "f")?;
    fs::write("/tmp/h", "h")?;
    fs::create_dir_all("/tmp/d/sub")?;
    fs::write("/tmp/d/sub/file", "below")?;
    fs::create_dir("/tmp/empty")
}
