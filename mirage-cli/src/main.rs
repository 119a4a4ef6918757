//! `cargo mirage`: builds, runs, tests and describes unikernels.
fn main() {
    println!("cargo-mirage");
}
