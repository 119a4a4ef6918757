//! What `main` may return.

use alloc::string::{String, ToString};
use core::{convert::Infallible, fmt::Display};

/// What a unikernel's `main` may return: nothing, or a `Result` with nothing in it.
///
/// Returning ends the machine with status 0; an `Err` is printed on the console and ends it with 1.
#[diagnostic::on_unimplemented(
    message = "`main` cannot return `{Self}`",
    label = "expected `()`, `!` or `Result<(), E>` where `E` implements `Display`"
)]
pub trait Termination {
    /// Converts the value to a result.
    ///
    /// # Errors
    /// Returns the displayed error if the unikernel failed.
    fn into_result(self) -> Result<(), String>;
}

impl Termination for () {
    fn into_result(self) -> Result<(), String> {
        Ok(())
    }
}

impl Termination for Infallible {
    fn into_result(self) -> Result<(), String> {
        match self {}
    }
}

/// A name for the type `!`, which stable Rust allows only as a return type.
mod never {
    pub trait Returns {
        type Output;
    }

    impl<T> Returns for fn() -> T {
        type Output = T;
    }
}

#[diagnostic::do_not_recommend]
impl Termination for <fn() -> ! as never::Returns>::Output {
    fn into_result(self) -> Result<(), String> {
        self
    }
}

impl<T: Termination, E: Display> Termination for Result<T, E> {
    fn into_result(self) -> Result<(), String> {
        match self {
            Ok(value) => value.into_result(),
            Err(cause) => Err(cause.to_string()),
        }
    }
}
