//! The program as a process of Linux, in the directory of its argument.

mod program;

use std::{env, os::unix::fs::chroot};

fn main() {
    let root = env::args_os().nth(1).expect("a directory");
    chroot(root).expect("a directory, and the right to change to it");
    env::set_current_dir("/").expect("a root");
    program::run();
}
