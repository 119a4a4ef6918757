//! Breaks the manifests of an expansion into lines, so that golden files show them readably.

use syn::{Expr, ExprArray, ExprCall, ExprLit, Lit, LitStr, visit_mut::VisitMut};

/// Stands for a value that constant evaluation inserts. JSON text cannot contain it.
const GAP: char = '\0';

/// Objects and lists that are longer are broken into a line for each element.
const MAX_WIDTH: usize = 140;

/// Formats the manifests of `file`; in the expansion, each is one line.
pub(super) fn format_manifests(file: &mut syn::File) {
    Manifests.visit_file_mut(file);
}

struct Manifests;

impl VisitMut for Manifests {
    /// A manifest is an array of calls. Those with a literal contribute JSON text, the others a value.
    fn visit_expr_array_mut(&mut self, array: &mut ExprArray) {
        let mut first = array.elems.first_mut().and_then(text_of);
        if !matches!(&mut first, Some(text) if text.value().starts_with(r#"{"version":"#)) {
            return;
        }
        let pieces = array.elems.iter_mut();
        let json: String = pieces
            .map(|piece| text_of(piece).map_or_else(|| GAP.to_string(), |text| text.value()))
            .collect();
        let formatted = format_json(&without_files(&json));
        let texts = array.elems.iter_mut().filter_map(text_of);
        for (literal, text) in texts.zip(formatted.split(GAP)) {
            *literal = syn::parse_str(&format!("r#\"{text}\"#")).expect("a raw literal");
        }
    }
}

/// The literal that is the argument of a call such as `Piece::Text("…")`.
fn text_of(piece: &mut Expr) -> Option<&mut LitStr> {
    let Expr::Call(ExprCall { args, .. }) = piece else {
        return None;
    };
    match args.first_mut() {
        Some(Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        })) => Some(text),
        _ => None,
    }
}

/// Replaces the names of source files: outside the compiler they are numbered by thread.
fn without_files(json: &str) -> String {
    let file = r#""file":""#;
    let mut pieces = json.split(file);
    let mut kept = pieces.next().unwrap_or_default().to_string();
    for piece in pieces {
        let (_, rest) = piece.split_once('"').expect("the end of a file's name");
        kept += &format!("{file}FILE\"{rest}");
    }
    kept
}

fn format_json(json: &str) -> String {
    let mut formatted = String::new();
    let mut broken = Vec::new();
    for (token, rest) in tokens(json) {
        match token {
            "{" | "[" => {
                broken.push(width(rest) > MAX_WIDTH);
                formatted += token;
                break_line(&broken, broken.len(), &mut formatted);
            }
            "}" | "]" => {
                break_line(&broken, broken.len() - 1, &mut formatted);
                broken.pop();
                formatted += token;
            }
            "," => {
                formatted += token;
                if broken.last() == Some(&false) {
                    formatted.push(' ');
                }
                break_line(&broken, broken.len(), &mut formatted);
            }
            ":" => formatted += ": ",
            _ => formatted += token,
        }
    }
    formatted
}

/// Begins a line of this depth if the innermost object or list is broken into lines.
fn break_line(broken: &[bool], depth: usize, formatted: &mut String) {
    if broken.last() == Some(&true) {
        formatted.push('\n');
        formatted.push_str(&"  ".repeat(depth));
    }
}

/// The width of an object or list on one line, from behind its opening bracket.
fn width(json: &str) -> usize {
    let mut depth = 1;
    let mut width = 0;
    for (token, _) in tokens(json) {
        depth += match token {
            "{" | "[" => 1,
            "}" | "]" => -1,
            _ => 0,
        };
        width += token.len() + usize::from(matches!(token, "," | ":"));
        if depth == 0 {
            break;
        }
    }
    width
}

/// The tokens of a JSON text, each with the text behind it.
fn tokens(json: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = json;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let length = match first {
            '"' => string_length(rest),
            '{' | '}' | '[' | ']' | ',' | ':' | GAP => 1,
            _ => rest.find(['}', ']', ',']).unwrap_or(rest.len()),
        };
        let token;
        (token, rest) = rest.split_at(length);
        Some((token, rest))
    })
}

fn string_length(json: &str) -> usize {
    let mut escaped = false;
    let closing = json.char_indices().skip(1).find(|&(_, character)| {
        let closes = character == '"' && !escaped;
        escaped = character == '\\' && !escaped;
        closes
    });
    closing.map_or(json.len(), |(index, _)| index + 1)
}

#[test]
fn long_objects_and_lists_are_broken_into_lines() {
    let list = format!("[{}]", ["\"a:{\\\"\""; 30].join(","));
    let json = format!(r#"{{"short":{{"on":[],"at":1}},"value":{GAP},"long":{list}}}"#);
    let elements = ["    \"a:{\\\"\""; 30].join(",\n");
    assert_eq!(
        format_json(&json),
        format!(
            "{{\n  \"short\": {{\"on\": [], \"at\": 1}},\n  \"value\": {GAP},\n  \
             \"long\": [\n{elements}\n  ]\n}}"
        )
    );
}
