//! Names are those of the specifications and of Rust's ecosystem, so that people can search for them.
//! `CONTRIBUTING.md` has the glossary.

use source_tests::{names, workspace};
use std::fmt::Write;

/// Words that no name contains, and the term to use instead.
const WORDS: [(&str, &str); 17] = [
    ("finding", "Diagnostic"),
    ("mistake", "Diagnostic, DiagnosticKind"),
    ("own", "custom"),
    ("station", "mac_address"),
    ("told", "command_line, args, has_…"),
    ("tenant", "lease"),
    ("tenancy", "lease"),
    ("suits", "Match"),
    ("door", "Listener"),
    ("most", "MAX_"),
    ("least", "MIN_"),
    ("longest", "MAX_…_LEN"),
    ("usual", "DEFAULT_"),
    ("lent", "avail"),
    ("seize", "force_unlock"),
    ("ending", "Shutdown, exit_status"),
    ("attachment", "DeviceDeclaration, NetBackend"),
];

/// Names that are too general, and the term to use instead.
const NAMES: [(&str, &str); 24] = [
    ("Fault", "ValueError"),
    ("HardwareAddress", "MacAddress"),
    ("Source", "SpanTable"),
    ("Place", "SpanId"),
    ("At", "Spanned"),
    ("shown", "a user span"),
    ("hidden", "a hygienic span"),
    ("Given", "ParsedArgs, Spanned, Dependency"),
    ("Setting", "ArgValue, DeviceOption"),
    ("Settings", "InterfaceConfig"),
    ("possible", "check_options"),
    ("prepared", "check_prerequisites"),
    ("known", "check_ports"),
    ("ring_alarm", "unpark"),
    ("look", "poll_interrupts"),
    ("live", "run_to_end"),
    ("ended", "exit_status"),
    ("Interest", "Match"),
    ("Way", "NatEntry"),
    ("way", "NatEntry"),
    ("of", "from_…, for_…, a verb"),
    ("words", "args, text, source_text"),
    ("WRITE", "VIRTQ_DESC_F_WRITE"),
    ("offer", "avail"),
];

#[test]
fn names_are_the_fields_terms() {
    let mut refused = String::new();
    for (path, text) in workspace::files() {
        for declared in names::declared(&path, &text) {
            let words = names::split(&declared.name);
            let word = WORDS
                .iter()
                .find(|(word, _)| words.iter().any(|each| each == word));
            let name = NAMES.iter().find(|(name, _)| *name == declared.name);
            if let Some((_, term)) = word.or(name) {
                let (path, line) = (path.display(), declared.line);
                let _ = writeln!(refused, "{path}:{line}: {}: write {term}", declared.name);
            }
        }
    }
    assert!(refused.is_empty(), "\n{refused}");
}
