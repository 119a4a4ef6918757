//! Lists the tests of a program, or runs one of them.
//!
//! A panic ends an image, so that each test has a boot of its own.

pub use attributes::{test, tokio_test};
use std::{fmt::Debug, sync::Mutex};

/// A test.
pub struct Test {
    /// Its path.
    pub name: &'static str,
    /// Runs it. It panics if it fails.
    pub run: fn(),
    /// Whether it is ignored.
    pub ignored: bool,
    /// Whether it passes if it panics.
    pub should_panic: bool,
}

static TESTS: Mutex<Vec<Test>> = Mutex::new(Vec::new());

/// Adds a test.
pub fn register(test: Test) {
    TESTS.lock().expect("no panic before `main`").push(test);
}

/// What a test returns.
pub trait Outcome {
    /// Panics if the test failed.
    fn check(self);
}

impl Outcome for () {
    fn check(self) {}
}

impl<T, E: Debug> Outcome for Result<T, E> {
    fn check(self) {
        self.map(drop).expect("a test returned an error");
    }
}

/// The line that a test which has passed ends with.
pub const PASSED: &str = "test passed";

/// Runs the test with this name; lists all tests, a line each, if the name is empty.
pub fn main(name: &str) {
    let mut tests = std::mem::take(&mut *TESTS.lock().expect("no panic before `main`"));
    tests.sort_by_key(|test| test.name);
    if name.is_empty() {
        for test in &tests {
            let ignored = if test.ignored { " ignored" } else { "" };
            let should_panic = if test.should_panic {
                " should_panic"
            } else {
                ""
            };
            println!("test {}{ignored}{should_panic}", test.name);
        }
        return;
    }
    let test = tests.iter().find(|test| test.name == name);
    (test.expect("a test with this name").run)();
    println!("{PASSED}");
}
