//! Messages speak of the user's program: no name of the expansion's own, no private module of the
//! runtime, no attribute that "this error originates in".

use crate::program;

/// What no message says, and why a program's may: stable Rust leaves no way.
const WORDS: [(&str, &[(&str, &str)]); 10] = [
    ("_rt", &[]),
    ("_unikernel", &[]),
    ("_machine", &[]),
    ("_arguments", &[]),
    ("mirage_graph::", &[]),
    ("mirage_rt::unix", &[]),
    ("mirage_rt::net::port", &[]),
    ("__", &[]),
    (
        "unikernel_main",
        &[
            (
                "unikernel_in_an_impl",
                "the attribute is not told where it stands; the call of the function finds none",
            ),
            (
                "unikernel_main_twice",
                "the attribute is not told of another; two functions have the name",
            ),
        ],
    ),
    ("originates in the attribute macro", &[]),
];

/// Whether a text has a word: `mirage_rt` is not `_rt`.
fn has(text: &str, word: &str) -> bool {
    let mut found = text.match_indices(word);
    found.any(|(index, _)| !text[..index].ends_with(char::is_alphanumeric))
}

#[test]
fn messages_speak_of_the_users_program() {
    for program in program::all() {
        for (word, exceptions) in WORDS {
            if exceptions.iter().any(|(name, _)| *name == program.name) {
                continue;
            }
            for said in &program.said {
                let (name, text) = (&program.name, &said.text);
                assert!(!has(text, word), "`{word}` in what {name} is told:\n{text}");
            }
        }
    }
}

#[test]
fn exceptions_are_needed() {
    let programs = program::all();
    for (word, exceptions) in WORDS {
        for (name, _) in exceptions {
            let program = programs.iter().find(|program| program.name == *name);
            let program = program.expect("the program of an exception");
            let mut said = program.said.iter();
            assert!(said.any(|said| has(&said.text, word)), "{name}: {word}");
        }
    }
}
