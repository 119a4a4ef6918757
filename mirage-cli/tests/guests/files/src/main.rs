//! The program as a unikernel.

mod program;

#[mirage_rt::unikernel(root = "site/", tmp = "256KiB")]
fn main() {
    program::run();
}
