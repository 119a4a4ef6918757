//! Prints what the standard library says of files: those of the image, `/dev` and `/tmp`.

mod directories;
mod reading;
mod renaming;
mod transcript;
mod writing;

/// Runs all steps.
pub fn run() {
    reading::run();
    writing::run();
    directories::run();
    renaming::run();
    println!("done");
}
