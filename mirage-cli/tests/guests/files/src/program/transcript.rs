//! How results are printed.

use std::{fmt::Debug, io};

/// Prints the result of a step: its value, or the kind of error and its number.
pub fn step<T: Debug>(name: &str, result: io::Result<T>) {
    match result {
        Ok(value) => println!("{name}: {value:?}"),
        Err(error) => println!("{name}: {:?} {:?}", error.kind(), error.raw_os_error()),
    }
}
