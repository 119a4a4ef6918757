//! Messages mention only the user's program: no names that the expansion generates, no private module
//! of the runtime, no "this error originates in the attribute macro".

use crate::program;

/// Names that no message mentions, with the programs for which stable Rust makes this impossible.
const INTERNAL_NAMES: [(&str, &[(&str, &str)]); 10] = [
    ("_rt", &[]),
    ("_unikernel", &[]),
    ("_machine", &[]),
    ("_arguments", &[]),
    ("mirage_graph::", &[]),
    ("mirage_rt::unix", &[]),
    ("mirage_rt::net::port", &[]),
    (
        "__",
        &[(
            "select_of_no_future",
            "rustc names the function in `select!` whose bound is not met",
        )],
    ),
    (
        "unikernel_main",
        &[
            (
                "unikernel_in_an_impl",
                "an attribute cannot know that it is inside an `impl`; the call of the function fails",
            ),
            (
                "unikernel_main_twice",
                "an attribute cannot know of another one; two functions have the same name",
            ),
        ],
    ),
    ("originates in the attribute macro", &[]),
];

/// Returns whether a text mentions a name: `mirage_rt` does not count as `_rt`, nor the line that rustc
/// draws below several lines as `__`.
fn mentions(text: &str, name: &str) -> bool {
    let mut found = text.match_indices(name);
    found.any(|(index, _)| {
        let (before, after) = text.split_at(index);
        let after = after.trim_start_matches('_');
        !before.ends_with(char::is_alphanumeric) && after.starts_with(char::is_alphanumeric)
    })
}

#[test]
fn messages_mention_only_the_users_program() {
    for program in program::all() {
        for (internal, exceptions) in INTERNAL_NAMES {
            if exceptions.iter().any(|(name, _)| *name == program.name) {
                continue;
            }
            for message in &program.messages {
                let (name, text) = (&program.name, &message.text);
                assert!(
                    !mentions(text, internal),
                    "{name} mentions `{internal}`:\n{text}"
                );
            }
        }
    }
}

#[test]
fn exceptions_are_needed() {
    let programs = program::all();
    for (internal, exceptions) in INTERNAL_NAMES {
        for (name, _) in exceptions {
            let program = programs.iter().find(|program| program.name == *name);
            let program = program.expect("the program of an exception");
            let mut messages = program.messages.iter();
            assert!(
                messages.any(|message| mentions(&message.text, internal)),
                "{name} does not mention `{internal}`"
            );
        }
    }
}
