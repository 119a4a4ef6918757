//! Writes TOML.

/// Returns `text` as a TOML string.
pub fn string(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
