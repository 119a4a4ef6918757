//! What the unikernels print, merged: each line has the name of its unikernel.

use crate::application::Application;
use anstyle::{AnsiColor, Style};
use std::{
    io::{self, Write},
    sync::Arc,
};

const COLORS: [AnsiColor; 6] = [
    AnsiColor::Cyan,
    AnsiColor::Yellow,
    AnsiColor::Green,
    AnsiColor::Magenta,
    AnsiColor::Blue,
    AnsiColor::BrightRed,
];

/// The terminal, for all unikernels.
pub struct Output {
    names: Vec<Name>,
    /// The length of the longest name.
    width: usize,
}

struct Name {
    text: String,
    style: Style,
    is_shown: bool,
}

impl Output {
    /// Prints what the unikernels in `only` print, or all if it is empty.
    pub fn new(application: &Application, only: &[String]) -> Self {
        let members = application.members.iter().zip(COLORS.iter().cycle());
        let names = members.map(|(member, color)| Name {
            text: member.name().into(),
            style: color.on_default(),
            is_shown: only.is_empty() || only.iter().any(|name| name == member.name()),
        });
        let names: Vec<_> = names.collect();
        let width = names.iter().map(|name| name.text.len()).max();
        Self {
            width: width.unwrap_or_default(),
            names,
        }
    }

    /// The console of a unikernel.
    pub fn console(self: &Arc<Self>, position: usize) -> Console {
        Console {
            output: self.clone(),
            position,
            line: Vec::new(),
        }
    }

    /// Prints a line of a unikernel.
    fn print(&self, position: usize, line: &[u8]) {
        let Name {
            text,
            style,
            is_shown,
        } = &self.names[position];
        if !is_shown {
            return;
        }
        let line = String::from_utf8_lossy(line);
        // A unikernel does not write what looks like a line of another one.
        let line = line
            .trim_end_matches(['\r', '\n'])
            .replace(is_control, "\u{fffd}");
        let width = self.width;
        // The terminal may be closed.
        let _ = writeln!(anstream::stdout(), "{style}{text:width$} |{style:#} {line}");
    }

    /// Prints a message of the tool.
    pub fn note(&self, message: impl std::fmt::Display) {
        let width = self.width;
        let mut stderr = anstream::stderr();
        // The terminal may be closed.
        let _ = writeln!(stderr, "{:width$} | {message}", "");
    }
}

/// Whether a terminal might do something else than to show a character.
fn is_control(character: char) -> bool {
    character.is_control() && character != '\t'
}

/// The console of a unikernel. A line is printed when it is complete.
pub struct Console {
    output: Arc<Output>,
    position: usize,
    line: Vec<u8>,
}

/// A line that is longer is printed in parts.
const MAX_LINE_LEN: usize = 4096;

impl Write for Console {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(piece);
            if piece.ends_with(b"\n") || self.line.len() >= MAX_LINE_LEN {
                self.output.print(self.position, &self.line);
                self.line.clear();
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        if !self.line.is_empty() {
            self.output.print(self.position, &self.line);
        }
    }
}
