//! The program as a unikernel.

mod program;

use std::fs;

#[mirage_rt::unikernel(root = "site/", tmp = "256KiB")]
fn main() {
    // The program changes files everywhere: it must never run with those of a host.
    for path in ["/etc", "/proc", "/usr"] {
        assert!(fs::symlink_metadata(path).is_err(), "{path}");
    }
    let created = fs::metadata("/index.html").and_then(|metadata| metadata.created());
    assert!(created.is_ok(), "{created:?}");
    program::run();
}
