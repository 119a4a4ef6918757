//! Forwards and reads the guest's console.

use crate::symbols::Symbols;
use mirage_graph::readiness::{OpenPort, PREFIX};
use std::{
    io::{self, Read, Write},
    path::Path,
};

/// The ports that the unikernel has not opened yet, and what to do once all are open.
pub struct AwaitedPorts<'a> {
    /// The messages to wait for.
    pub ports: Vec<OpenPort>,
    /// Called once all have appeared.
    pub then: Box<dyn FnOnce() + 'a>,
}

/// Copies the console to `output` until it ends, with addresses symbolised and without the messages in
/// `awaited`. Returns its last line.
pub fn copy(
    mut console: impl Read,
    mut output: impl Write,
    symbols: &Path,
    awaited: Option<AwaitedPorts<'_>>,
) -> io::Result<String> {
    let mut reader = Lines {
        symbols,
        loaded: None,
        awaited,
        line: Vec::new(),
        copied: 0,
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
            reader.read(piece, &mut output)?;
        }
        output.flush()?;
    }
    // A line without an end is no message.
    output.write_all(&reader.line[reader.copied..])?;
    output.flush()?;
    Ok(reader.last)
}

/// The rest of a longer line is read as another one, in bytes.
const MAX_LINE_LEN: usize = 64 * 1024;

struct Lines<'a> {
    symbols: &'a Path,
    loaded: Option<Symbols>,
    awaited: Option<AwaitedPorts<'a>>,
    line: Vec<u8>,
    /// The part of `line` that has been copied.
    copied: usize,
    /// The last complete line, unless it was an awaited message.
    last: String,
}

impl Lines<'_> {
    /// Reads and copies a part of a line, at most up to its end. The start of a line is not copied as
    /// long as the line may be an awaited message.
    fn read(&mut self, piece: &[u8], output: &mut impl Write) -> io::Result<()> {
        self.line.extend_from_slice(piece);
        let ended = piece.ends_with(b"\n");
        if !ended && self.line.len() > MAX_LINE_LEN {
            // It is no message, and what was copied is not needed any more.
            output.write_all(&self.line[self.copied..])?;
            self.line.clear();
            self.copied = 0;
            return Ok(());
        }
        let start = &self.line[..self.line.len().min(PREFIX.len())];
        if !ended && self.awaited.is_some() && PREFIX.as_bytes().starts_with(start) {
            return Ok(());
        }
        if !ended {
            output.write_all(&self.line[self.copied..])?;
            self.copied = self.line.len();
            return Ok(());
        }
        let line = std::mem::take(&mut self.line);
        let copied = std::mem::take(&mut self.copied);
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_end();
        if OpenPort::parse(text).is_some_and(|port| self.take(port)) {
            return Ok(());
        }
        self.last = text.into();
        output.write_all(&line[copied..])?;
        for line in self.explain() {
            writeln!(output, "{line}")?;
        }
        Ok(())
    }

    /// Takes `port` if it is awaited. Returns whether it was.
    fn take(&mut self, port: OpenPort) -> bool {
        let Some(awaited) = &mut self.awaited else {
            return false;
        };
        let count = awaited.ports.len();
        awaited.ports.retain(|other| *other != port);
        let was_awaited = awaited.ports.len() < count;
        if awaited.ports.is_empty()
            && let Some(awaited) = self.awaited.take()
        {
            (awaited.then)();
        }
        was_awaited
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
    use std::{cell::Cell, collections::VecDeque};

    /// A console that writes one piece at a time.
    struct Pieces(VecDeque<Vec<u8>>);

    impl Read for Pieces {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let piece = self.0.pop_front().unwrap_or_default();
            buffer[..piece.len()].copy_from_slice(&piece);
            Ok(piece.len())
        }
    }

    fn awaited(ready: &Cell<bool>) -> AwaitedPorts<'_> {
        let message = |text| OpenPort::parse(text).expect("a message");
        AwaitedPorts {
            ports: vec![
                message("ready: tcp port 80 at 10.0.0.2:80"),
                message("ready: udp port 53 at 10.0.0.2:53"),
            ],
            then: Box::new(|| ready.set(true)),
        }
    }

    #[test]
    fn awaited_messages_are_removed_wherever_reads_end() {
        const CONSOLE: &[u8] = b"INFO tcp port 80 is at 10.0.0.2:80\r\nready: tcp port 80 at 10.0.0.2:80\r\n\
            rea\nready: soon\nready: udp port 7 at 10.0.0.2:7\nready: udp port 53 at 10.0.0.2:53\n\xff\nerror: no\nready";
        const COPY: &[u8] = b"INFO tcp port 80 is at 10.0.0.2:80\r\n\
            rea\nready: soon\nready: udp port 7 at 10.0.0.2:7\n\xff\nerror: no\nready";
        for length in [1, 7, 100, CONSOLE.len()] {
            let pieces = CONSOLE.chunks(length).map(Vec::from).collect();
            let ready = Cell::new(false);
            let mut output = Vec::new();
            let path = Path::new("none");
            let last = copy(Pieces(pieces), &mut output, path, Some(awaited(&ready)));
            assert_eq!(
                output.escape_ascii().to_string(),
                COPY.escape_ascii().to_string()
            );
            assert_eq!(last.expect("memory"), "error: no");
            assert!(ready.get(), "{length}");
        }
    }

    #[test]
    fn the_start_of_a_line_is_copied_before_its_end() {
        let mut output = Vec::new();
        let ready = Cell::new(false);
        let mut lines = Lines {
            symbols: Path::new("none"),
            loaded: None,
            awaited: Some(awaited(&ready)),
            line: Vec::new(),
            copied: 0,
            last: String::new(),
        };
        for (piece, copied) in [("name", "name"), ("? ", "name? "), ("\nrea", "name? \n")] {
            for piece in piece.as_bytes().split_inclusive(|byte| *byte == b'\n') {
                lines.read(piece, &mut output).expect("memory");
            }
            assert_eq!(output, copied.as_bytes());
        }
    }
}
