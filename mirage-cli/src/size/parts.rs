//! The parts of an ELF file.

use super::owner;
use object::{
    LittleEndian, Object, ObjectSection, ObjectSymbol, SectionFlags, SectionKind, elf::SHF_ALLOC,
    read::elf::ElfFile64,
};
use std::collections::BTreeMap;

/// A part and its size.
#[derive(Debug, PartialEq, Eq)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
}

/// The parts, each list with the largest first.
#[derive(Debug)]
pub struct Parts {
    /// Sections with contents in the file.
    pub sections: Vec<Part>,
    /// Sections without contents in the file.
    pub only_memory: Vec<Part>,
    /// Crates and other owners of symbols, counting only bytes in the file.
    pub owners: Vec<Part>,
}

impl Parts {
    /// Returns the parts of the file `elf`.
    pub fn from_elf(elf: &[u8]) -> object::Result<Self> {
        let file = ElfFile64::<LittleEndian>::parse(elf)?;
        let (mut sections, mut only_memory, mut loaded) = (Vec::new(), Vec::new(), Vec::new());
        for section in file.sections() {
            let SectionFlags::Elf { sh_flags, .. } = section.flags() else {
                continue;
            };
            if !sh_flags.contains(SHF_ALLOC) || section.size() == 0 {
                continue;
            }
            let part = Part {
                name: section.name()?.into(),
                bytes: section.size(),
            };
            match section.kind() {
                SectionKind::UninitializedData | SectionKind::UninitializedTls => {
                    only_memory.push(part);
                }
                _ => {
                    sections.push(part);
                    loaded.push(section.index());
                }
            }
        }
        let symbols = file.symbols().filter(|symbol| {
            let section = symbol.section_index();
            section.is_some_and(|index| loaded.contains(&index))
        });
        let owners = owners(symbols.map(|symbol| Symbol {
            address: symbol.address(),
            bytes: symbol.size(),
            name: symbol.name().unwrap_or_default(),
        }));
        Ok(Self {
            sections: largest_first(sections),
            only_memory: largest_first(only_memory),
            owners: largest_first(owners),
        })
    }
}

struct Symbol<'a> {
    address: u64,
    bytes: u64,
    name: &'a str,
}

/// Adds up the symbols of each owner. A byte with several symbols belongs to the first.
fn owners<'a>(symbols: impl Iterator<Item = Symbol<'a>>) -> Vec<Part> {
    let mut symbols: Vec<_> = symbols.collect();
    symbols.sort_by_key(|symbol| (symbol.address, std::cmp::Reverse(symbol.bytes)));
    let mut counted = 0;
    let mut owners = BTreeMap::<String, u64>::new();
    for symbol in symbols {
        let end = symbol.address.saturating_add(symbol.bytes);
        let bytes = end.saturating_sub(symbol.address.max(counted));
        counted = counted.max(end);
        if bytes > 0 {
            *owners.entry(owner::from_symbol(symbol.name)).or_default() += bytes;
        }
    }
    let part = |(name, bytes)| Part { name, bytes };
    owners.into_iter().map(part).collect()
}

fn largest_first(mut parts: Vec<Part>) -> Vec<Part> {
    parts.sort_by_key(|part| std::cmp::Reverse(part.bytes));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_byte_is_counted_twice() {
        let symbol = |name, address, bytes| Symbol {
            address,
            bytes,
            name,
        };
        let symbols = [
            symbol("_ZN4core3fmt5write17h0123456789abcdefE", 100, 10),
            symbol("_ZN4core3fmt5write17h0123456789abcdeeE", 100, 10),
            symbol("_ZN5alloc3fmt6format17h0123456789abcdefE", 105, 10),
            symbol("_ZN4core3mem4swap17h0123456789abcdefE", 200, 1),
        ];
        let part = |name: &str, bytes| Part {
            name: name.into(),
            bytes,
        };
        assert_eq!(
            owners(symbols.into_iter()),
            [part("alloc", 5), part("core", 11)]
        );
    }

    #[test]
    fn this_test_has_sections_and_crates() {
        let elf = std::fs::read("/proc/self/exe").expect("this test");
        let parts = Parts::from_elf(&elf).expect("an ELF file");
        assert!(parts.sections.iter().any(|part| part.name == ".text"));
        assert!(parts.only_memory.iter().any(|part| part.name == ".bss"));
        let has = |name: &str| parts.owners.iter().any(|part| part.name == name);
        assert!(has("core") && has("cargo_mirage"));
    }
}
