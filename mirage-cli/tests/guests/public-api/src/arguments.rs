//! `mirage_rt::arguments`.

use mirage_rt::{
    arguments::{Args, ArgumentError},
    graph::argument::ParsedArgs,
    log,
};

/// Reads arguments of which none is given.
pub fn exercise<A: Args>() {
    let parsed = ParsedArgs::parse("api", [].into(), &[A::ARGUMENTS]);
    let read = parsed.map(|parsed| parsed.map(|parsed| A::read(&parsed)));
    match read {
        Ok(_) => panic!("`echo` is required"),
        Err(error) => log::debug!("{error}: {}", remedy(&error)),
    }
}

fn remedy(error: &ArgumentError) -> &'static str {
    match error {
        ArgumentError::TooLong => "shorten the command line",
        ArgumentError::NotText => "write UTF-8",
        ArgumentError::Unfinished(_) => "close the quotes",
        ArgumentError::Unknown { option: _, nearest } if nearest.is_some() => "correct the name",
        ArgumentError::Unknown { .. } | ArgumentError::Stray(_) => "leave it out",
        ArgumentError::NoValue { option: _, form: _ } => "add a value",
        ArgumentError::NeedlessValue {
            option: _,
            value: _,
        } => "leave out the value",
        ArgumentError::Twice(_) => "leave out the second",
        ArgumentError::Exclusive(..) => "leave out one of both",
        ArgumentError::Missing(_) => "add the argument",
        ArgumentError::Conflict(_)
        | ArgumentError::WrongValue {
            option: _,
            value: _,
            cause: _,
        } => "change the value",
        ArgumentError::WrongDefault {
            option: _,
            value: _,
            cause: _,
        } => "change the default",
    }
}
