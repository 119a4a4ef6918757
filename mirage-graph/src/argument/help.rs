//! The output of `--help`.

use super::{Argument, Kind, Presence};
use alloc::{borrow::Cow, format, string::ToString, vec::Vec};
use core::fmt::{self, Display};

/// The maximum width of the text, except for longer words.
const WIDTH: usize = 80;

/// The output of `--help`: all arguments of `lists`, by section, in their order.
#[derive(Debug, Clone, Copy)]
pub struct Help<'a> {
    /// The unikernel's name.
    pub name: &'a str,
    /// The arguments.
    pub lists: &'a [&'a [Argument<&'a str>]],
}

impl Help<'_> {
    fn arguments(&self) -> impl Iterator<Item = &Argument<&str>> {
        self.lists.iter().copied().flatten()
    }
}

impl Display for Help<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const HELP: &str = "--help";
        let lengths = self.arguments().map(|argument| argument.to_string().len());
        let column = lengths.fold(HELP.len(), usize::max) + 4;
        writeln!(f, "The arguments of {}:", self.name)?;
        let mut sections: Vec<&str> = Vec::new();
        for argument in self.arguments() {
            if !sections.contains(&argument.section) {
                sections.push(argument.section);
            }
        }
        for section in sections {
            writeln!(f, "\n{section}")?;
            for argument in self.arguments().filter(|other| other.section == section) {
                let form = argument.to_string();
                row(f, column, &form, [argument.help, &note(argument)])?;
            }
        }
        writeln!(f)?;
        row(f, column, HELP, ["Print this", ""])
    }
}

/// The note on an argument's presence.
fn note<'a>(argument: &Argument<&'a str>) -> Cow<'a, str> {
    match argument.presence {
        Presence::Required => "[required]".into(),
        Presence::Default(text) => format!("[default: {text}]").into(),
        Presence::List if argument.kind != Kind::Flag => "[may be repeated]".into(),
        Presence::List | Presence::Optional => "".into(),
    }
}

/// An argument's syntax and, from `column` on, its description.
fn row(f: &mut fmt::Formatter<'_>, column: usize, form: &str, texts: [&str; 2]) -> fmt::Result {
    write!(f, "  {form}")?;
    let mut end = form.len() + 2;
    let words = texts.into_iter().flat_map(str::split_whitespace);
    for (index, word) in words.enumerate() {
        let length = word.chars().count();
        if index == 0 {
            write!(f, "{:1$}", "", column - end)?;
            end = column;
        } else if end + 1 + length > WIDTH && end > column {
            write!(f, "\n{:column$}", "")?;
            end = column;
        } else {
            f.write_str(" ")?;
            end += 1;
        }
        f.write_str(word)?;
        end += length;
    }
    f.write_str("\n")
}
