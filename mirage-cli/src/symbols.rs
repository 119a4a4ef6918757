//! Names and places for the addresses of a backtrace.

use crate::failure::{Context, Result};
use addr2line::Loader;
use std::path::{Path, PathBuf};

/// The symbols of an image.
pub struct Symbols {
    loader: Loader,
    /// Places below it are given relative to it.
    directory: PathBuf,
}

impl Symbols {
    /// Those of the ELF file at `path`.
    pub fn read(path: &Path) -> Result<Self> {
        Ok(Self {
            loader: Loader::new(path).context(path.display())?,
            directory: std::env::current_dir().unwrap_or_default(),
        })
    }

    fn relative<'a>(&self, file: &'a str) -> &'a str {
        let below = Path::new(file).strip_prefix(&self.directory);
        below.ok().and_then(Path::to_str).unwrap_or(file)
    }

    /// What a line of the console says of an address, if it is one of a backtrace: one line for
    /// each function that was inlined there, innermost first.
    pub fn explain(&self, line: &str) -> Vec<String> {
        let Some(address) = code_address(line) else {
            return Vec::new();
        };
        let Ok(mut frames) = self.loader.find_frames(address) else {
            return Vec::new();
        };
        let mut lines = Vec::new();
        while let Ok(Some(frame)) = frames.next() {
            let name = frame
                .function
                .as_ref()
                .and_then(|name| name.demangle().ok());
            let name = name.map_or("?".into(), |name| without_hash(&name).to_owned());
            let place = frame.location.and_then(|place| {
                Some(format!(
                    " at {}:{}",
                    self.relative(place.file?),
                    place.line?
                ))
            });
            lines.push(format!("    {name}{}", place.unwrap_or_default()));
        }
        lines
    }
}

/// The address of the instruction that a line speaks of: a `backtrace:` has the address that a
/// call returns to, which may be the next function's; `at:` the instruction itself.
fn code_address(line: &str) -> Option<u64> {
    let number = |text: &str| u64::from_str_radix(text, 16).ok();
    match line.strip_prefix("backtrace: 0x") {
        Some(text) => number(text)?.checked_sub(1),
        None => number(line.strip_prefix("at: 0x")?),
    }
}

/// The name without the `::h0123456789abcdef` that makes it unique.
fn without_hash(name: &str) -> &str {
    match name.rsplit_once("::h") {
        Some((path, hash)) if hash.len() == 16 => path,
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_return_address_is_looked_up_one_byte_before() {
        assert_eq!(
            code_address("backtrace: 0x0000000000101c40"),
            Some(0x101c3f)
        );
        assert_eq!(code_address("at: 0x0000000000101c40"), Some(0x101c40));
        assert_eq!(code_address("backtrace: 0x0000000000000000"), None);
        assert_eq!(code_address("at: noon"), None);
    }
}
