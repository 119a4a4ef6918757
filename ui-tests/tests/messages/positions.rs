//! Each error is at the user's token, and there are no others than those that a program marks.

use crate::{compiler_message::Span, program};

#[test]
fn errors_are_at_the_marks() {
    for program in program::all() {
        let mut marked = program.marks();
        let mut reported: Vec<(Span, String)> = program
            .errors()
            .map(|error| (error.span, error.code().unwrap_or("error").into()))
            .collect();
        marked.sort();
        reported.sort();
        assert_eq!(reported, marked, "{}", program.name);
    }
}

#[test]
fn errors_come_without_warnings() {
    for program in program::all() {
        for message in &program.messages {
            let (name, text) = (&program.name, &message.text);
            assert_ne!(message.level, "warning", "{name}: {text}");
        }
    }
}
