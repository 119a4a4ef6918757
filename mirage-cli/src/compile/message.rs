//! What cargo prints as JSON while it compiles, as far as it is needed.

use mirage_graph::json::Value;
use std::path::PathBuf;

/// A line of cargo's output.
#[derive(Debug, PartialEq, Eq)]
pub enum Message {
    /// A crate was compiled, or was compiled already.
    Artifact {
        /// The name of its target.
        target: String,
        /// The program, unless it is a library.
        executable: Option<PathBuf>,
    },
    /// A message of the compiler.
    Diagnostic(Diagnostic),
    /// Anything else, such as what a build script or a procedural macro prints.
    Other,
}

/// A message of the compiler.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Diagnostic {
    /// The message itself.
    pub message: String,
    /// Whether compilation fails.
    pub is_error: bool,
    /// The error code.
    pub code: Option<String>,
    /// The notes below it.
    pub notes: Vec<String>,
    /// All of it, for the user.
    pub rendered: Option<String>,
}

impl Message {
    /// Reads a line.
    pub fn read(line: &str) -> Self {
        line.parse()
            .ok()
            .and_then(|value| message(&value))
            .unwrap_or(Self::Other)
    }
}

fn message(value: &Value) -> Option<Message> {
    Some(match value.get("reason")?.as_str()? {
        "compiler-artifact" => Message::Artifact {
            target: text(value.get("target")?, "name")?,
            executable: text(value, "executable").map(Into::into),
        },
        "compiler-message" => Message::Diagnostic(diagnostic(value.get("message")?)?),
        _ => Message::Other,
    })
}

fn diagnostic(value: &Value) -> Option<Diagnostic> {
    let notes = value.get("children")?.as_list()?.iter();
    Some(Diagnostic {
        message: text(value, "message")?,
        is_error: text(value, "level")? == "error",
        code: value.get("code").and_then(|code| text(code, "code")),
        notes: notes.filter_map(|note| text(note, "message")).collect(),
        rendered: text(value, "rendered"),
    })
}

fn text(value: &Value, name: &str) -> Option<String> {
    value.get(name)?.as_str().map(Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_of_cargo_are_read() {
        let artifact = r#"{"reason":"compiler-artifact","target":{"kind":["bin"],"name":"web"},"fresh":true,"executable":"/t/web"}"#;
        let expected = Message::Artifact {
            target: "web".into(),
            executable: Some("/t/web".into()),
        };
        assert_eq!(Message::read(artifact), expected);
        let diagnostic = r#"{"reason":"compiler-message","message":{"message":"no","level":"error","code":{"code":"E0152","explanation":null},"children":[{"message":"why","level":"note"}],"rendered":"error: no\n"}}"#;
        let expected = Diagnostic {
            message: "no".into(),
            is_error: true,
            code: Some("E0152".into()),
            notes: vec!["why".into()],
            rendered: Some("error: no\n".into()),
        };
        assert_eq!(Message::read(diagnostic), Message::Diagnostic(expected));
        for other in [
            "",
            "text",
            "{}",
            r#"{"reason":"build-finished","success":true}"#,
        ] {
            assert_eq!(Message::read(other), Message::Other, "{other}");
        }
    }
}
