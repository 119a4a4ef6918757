//! Each error stands at the user's token, and there is none beside those that a program marks.

use crate::{program, said::Place};

#[test]
fn errors_stand_at_the_marks() {
    for program in program::all() {
        let mut marked = program.marks();
        let mut reported: Vec<(Place, String)> = program
            .errors()
            .map(|error| (error.place, error.code().unwrap_or("error").into()))
            .collect();
        marked.sort();
        reported.sort();
        assert_eq!(reported, marked, "{}", program.name);
    }
}

#[test]
fn nobody_is_warned_beside_an_error() {
    for program in program::all() {
        for said in &program.said {
            assert_ne!(said.level, "warning", "{}: {}", program.name, said.text);
        }
    }
}
