//! TOML, as far as this tool writes it.

/// `text` as a string.
pub fn string(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
