//! Forwards and reads the guest's console.

use crate::symbols::Symbols;
use std::{
    io::{self, Read, Write},
    path::Path,
};

/// Log messages to wait for, and what to do once they have appeared.
pub struct Awaited<'a> {
    /// The beginnings of log messages that have not appeared yet.
    pub messages: Vec<String>,
    /// Called once all have appeared.
    pub then: Box<dyn FnOnce() + 'a>,
}

/// Copies the console to `output` until it ends, with addresses symbolised. Returns its last line.
pub fn copy(
    mut console: impl Read,
    mut output: impl Write,
    symbols: &Path,
    awaited: Option<Awaited<'_>>,
) -> io::Result<String> {
    let mut reader = Lines {
        symbols,
        loaded: None,
        awaited,
        line: Vec::new(),
        last: String::new(),
    };
    let mut buffer = [0; 4096];
    loop {
        let length = match console.read(&mut buffer) {
            Ok(0) => break,
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        for piece in buffer[..length].split_inclusive(|byte| *byte == b'\n') {
            output.write_all(piece)?;
            for line in reader.take(piece) {
                writeln!(output, "{line}")?;
            }
        }
        output.flush()?;
    }
    Ok(reader.last)
}

struct Lines<'a> {
    symbols: &'a Path,
    loaded: Option<Symbols>,
    awaited: Option<Awaited<'a>>,
    line: Vec<u8>,
    last: String,
}

impl Lines<'_> {
    /// Reads up to the end of a line. Returns additional output about the line.
    fn take(&mut self, piece: &[u8]) -> Vec<String> {
        self.line.extend_from_slice(piece);
        let Some(line) = self.line.strip_suffix(b"\n") else {
            return Vec::new();
        };
        self.last = String::from_utf8_lossy(line).trim_end().into();
        self.line.clear();
        self.look_out();
        self.explain()
    }

    fn look_out(&mut self) {
        if let Some(awaited) = &mut self.awaited {
            awaited
                .messages
                .retain(|message| !self.last.contains(message.as_str()));
            if awaited.messages.is_empty()
                && let Some(awaited) = self.awaited.take()
            {
                (awaited.then)();
            }
        }
    }

    /// Symbolises an address. The symbols are read when the first one appears.
    fn explain(&mut self) -> Vec<String> {
        if !self.last.contains(": 0x") {
            return Vec::new();
        }
        if self.loaded.is_none() {
            self.loaded = Symbols::read(self.symbols).ok();
        }
        let explain = |symbols: &Symbols| symbols.explain(&self.last);
        self.loaded.as_ref().map(explain).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[test]
    fn the_console_passes_unchanged_and_is_awaited() {
        let ready = Cell::new(false);
        let awaited = Awaited {
            messages: vec!["tcp port 80 is".into(), "udp port 53 is".into()],
            then: Box::new(|| ready.set(true)),
        };
        let text: &[u8] =
            b"INFO tcp port 80 is at 1\r\nINFO udp port 53 is at 2\r\n\xff\nerror: no\nhalf";
        let mut output = Vec::new();
        let last = copy(text, &mut output, Path::new("none"), Some(awaited)).expect("memory");
        assert_eq!(output, text);
        assert_eq!(last, "error: no");
        assert!(ready.get());
    }
}
