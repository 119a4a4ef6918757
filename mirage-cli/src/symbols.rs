//! Symbolises the addresses of a backtrace.

use crate::failure::{Context, Result};
use addr2line::{
    Context as Dwarf,
    gimli::{self, EndianSlice},
};
use object::{LittleEndian, Object, ObjectSection, ObjectSymbol, read::elf::ElfFile64};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// The names of the user's `main` in an image.
const MAIN: [&str; 2] = ["main", "unikernel_main"];

/// The body of an `async fn`, as the two manglings of rustc name it.
const CLOSURE: [&str; 2] = ["{{closure}}", "{closure#0}"];

/// The symbols of an image.
pub struct Symbols {
    file: ElfFile64<'static, LittleEndian>,
    dwarf: Dwarf<EndianSlice<'static, gimli::LittleEndian>>,
    /// Source files below this directory are printed relative to it.
    directory: PathBuf,
}

impl Symbols {
    /// Reads the symbols of the ELF file at `path`.
    pub fn read(path: &Path) -> Result<Self> {
        // They are read once, and needed until the tool ends.
        let elf: &'static [u8] = fs::read(path).context(path.display())?.leak();
        let file = ElfFile64::<LittleEndian>::parse(elf).context(path.display())?;
        let section = |id: gimli::SectionId| {
            let section = file.section_by_name(id.name());
            let data = section.and_then(|section| section.data().ok());
            Ok(EndianSlice::new(
                data.unwrap_or_default(),
                gimli::LittleEndian,
            ))
        };
        let dwarf = gimli::Dwarf::load(section).and_then(Dwarf::from_dwarf);
        Ok(Self {
            file,
            dwarf: dwarf.context(path.display())?,
            directory: std::env::current_dir().unwrap_or_default(),
        })
    }

    fn relative<'a>(&self, file: &'a str) -> &'a str {
        let below = Path::new(file).strip_prefix(&self.directory);
        below.ok().and_then(Path::to_str).unwrap_or(file)
    }

    /// Returns file and line of the first statement of `main`, unless optimisation has merged it into other
    /// functions. It is the least line below the one at which the function begins.
    pub fn first_line_of_main(&self, crate_name: &str) -> Option<String> {
        let of_main = |name: &str| {
            let name = name.strip_prefix(crate_name)?.strip_prefix("::")?;
            let (name, closure) = name.split_once("::")?;
            (MAIN.contains(&name) && CLOSURE.contains(&closure)).then_some(())
        };
        let mut symbols = self.file.symbols();
        let main = symbols.find(|symbol| {
            let name = symbol.name().unwrap_or_default();
            let name = format!("{:#}", rustc_demangle::demangle(name));
            of_main(&name).is_some()
        })?;
        let range = main.address()..main.address() + main.size();
        let begin = self.dwarf.find_location(range.start).ok()??;
        let rows = self
            .dwarf
            .find_location_range(range.start, range.end)
            .ok()?;
        let lines = rows.filter(|(_, _, place)| place.file == begin.file);
        let lines = lines.filter_map(|(_, _, place)| place.line);
        let first = lines.filter(|line| Some(*line) > begin.line).min()?;
        Some(format!("{}:{first}", begin.file?))
    }

    /// Symbolises a console line if it is part of a backtrace: one line for each function that was
    /// inlined at the address, innermost first.
    pub fn explain(&self, line: &str) -> Vec<String> {
        let Some(address) = code_address(line) else {
            return Vec::new();
        };
        let Ok(mut frames) = self.dwarf.find_frames(address).skip_all_loads() else {
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

/// Returns the address of the instruction that a line refers to. `backtrace:` lines have return
/// addresses, which may belong to the next function; `at:` lines have the instruction itself.
fn code_address(line: &str) -> Option<u64> {
    let number = |text: &str| u64::from_str_radix(text, 16).ok();
    match line.strip_prefix("backtrace: 0x") {
        Some(text) => number(text)?.checked_sub(1),
        None => number(line.strip_prefix("at: 0x")?),
    }
}

/// Removes the suffix `::h0123456789abcdef` from a name.
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
