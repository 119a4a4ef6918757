//! The device graph that the image carries, read from its note.

use crate::{
    failure::{Context, Failure, Result},
    target::Target,
};
use clap::ValueEnum;
use object::{
    LittleEndian,
    elf::{FileHeader64, NoteType},
    read::elf::{FileHeader, ProgramHeader, SectionHeader},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::{net::Ipv4Addr, path::Path};

/// Owner and type of the note, as `mirage-rt` writes it.
const OWNER: &[u8] = b"mirage";
const KIND: NoteType = NoteType(1);

/// The version of the manifest that this tool reads.
const VERSION: u64 = 1;

/// What an image says of itself.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Manifest {
    version: u64,
    /// The unikernel's name.
    pub name: String,
    targets: Vec<String>,
    /// The memory that it declares, in bytes.
    pub memory: Option<u64>,
    /// The least severe level that is logged.
    pub log: String,
    /// The device graph.
    pub nodes: Vec<Node>,
}

/// A device, or a port.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Node {
    /// The name, as in the attribute.
    pub name: String,
    /// What it is.
    pub kind: String,
    /// The driver, if there is a choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub driver: Option<String>,
    /// What was said of it.
    #[serde(default)]
    pub config: Map<String, Value>,
    /// The nodes that it is built on.
    #[serde(default)]
    pub on: Vec<String>,
    /// Where it was declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Place>,
}

/// A place in the source.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Place {
    /// The file, as the compiler was told of it.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
}

/// A network interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interface {
    /// The unikernel's address on it.
    pub address: Ipv4Addr,
    /// The length of the network's prefix, in bits.
    pub prefix_length: u8,
    /// The router.
    pub gateway: Option<Ipv4Addr>,
}

/// A port that the unikernel listens on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// The node's name.
    pub name: String,
    /// TCP or UDP.
    pub protocol: Protocol,
    /// The port's number.
    pub number: u16,
}

impl Port {
    /// How the unikernel's log says that it listens. A connection to a forwarded port says
    /// nothing: QEMU accepts it before there is a guest.
    pub fn opened(&self) -> String {
        format!("{} port {} is ", self.protocol.name(), self.number)
    }
}

/// The protocol of a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// A stream.
    Tcp,
    /// Datagrams.
    Udp,
}

impl Protocol {
    /// The name, as in `tcp(…)` and in QEMU's forwards.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
        }
    }
}

impl Manifest {
    /// The manifest of the ELF file at `path`.
    pub fn read(path: &Path) -> Result<Self> {
        let elf = std::fs::read(path).context(path.display())?;
        let note = note(&elf).context(path.display())?;
        let note = note.ok_or_else(|| {
            Failure::new(format_args!("{} has no device graph", path.display()))
                .help("a unikernel has a main with the attribute `#[mirage_rt::unikernel(…)]`")
        })?;
        Self::parse(&note)
    }

    fn parse(json: &[u8]) -> Result<Self> {
        let version = serde_json::from_slice::<Value>(json).context("the device graph")?;
        if version["version"] != VERSION {
            return Err(Failure::new(format_args!(
                "this tool reads version {VERSION} of the device graph, and this is version {}",
                version["version"]
            ))
            .help("`cargo mirage` and `mirage-rt` belong to one release"));
        }
        serde_json::from_value(version).context("the device graph")
    }

    /// The targets that the unikernel is declared for.
    pub fn targets(&self) -> Result<Vec<Target>> {
        let known = |name: &String| {
            Target::from_str(name, false).map_err(|_| {
                Failure::new(format_args!("this tool does not know the target `{name}`"))
                    .help("a newer `cargo mirage` may")
            })
        };
        self.targets.iter().map(known).collect()
    }

    /// The nodes of one kind.
    fn nodes(&self, kind: &str) -> impl Iterator<Item = &Node> {
        self.nodes.iter().filter(move |node| node.kind == kind)
    }

    /// The nodes that no other node is built on.
    pub fn roots(&self) -> impl Iterator<Item = &Node> {
        let used = |node: &Node| self.nodes.iter().any(|other| other.on.contains(&node.name));
        self.nodes.iter().filter(move |node| !used(node))
    }

    /// The nodes that `node` is built on.
    pub fn built_on<'a>(&'a self, node: &'a Node) -> impl Iterator<Item = &'a Node> {
        let named = |name: &String| self.nodes.iter().find(|node| node.name == *name);
        node.on.iter().filter_map(named)
    }

    /// The network interfaces.
    pub fn interfaces(&self) -> impl Iterator<Item = Interface> {
        self.nodes("net").filter_map(|node| {
            let word = |key| node.config.get(key)?.as_str();
            Some(Interface {
                address: word("address")?.parse().ok()?,
                prefix_length: node.config.get("prefix")?.as_u64()?.try_into().ok()?,
                gateway: word("gateway").and_then(|text| text.parse().ok()),
            })
        })
    }

    /// The ports that are listened on.
    pub fn ports(&self) -> Vec<Port> {
        let of = |protocol: Protocol| {
            self.nodes(protocol.name()).filter_map(move |node| {
                Some(Port {
                    name: node.name.clone(),
                    protocol,
                    number: node.config.get("port")?.as_u64()?.try_into().ok()?,
                })
            })
        };
        of(Protocol::Tcp).chain(of(Protocol::Udp)).collect()
    }
}

/// The note's descriptor. A process keeps its notes in sections, a cut image in segments.
fn note(elf: &[u8]) -> object::Result<Option<Vec<u8>>> {
    let header = FileHeader64::<LittleEndian>::parse(elf)?;
    let endian = header.endian()?;
    let segments = header.program_headers(endian, elf)?;
    let from_segments = segments.iter().map(|segment| segment.notes(endian, elf));
    let sections = header.section_headers(endian, elf)?;
    let from_sections = sections.iter().map(|section| section.notes(endian, elf));
    for notes in from_segments.chain(from_sections) {
        let Some(mut notes) = notes? else { continue };
        while let Some(note) = notes.next()? {
            if note.name() == OWNER && note.n_type(endian) == KIND {
                return Ok(Some(note.desc().to_vec()));
            }
        }
    }
    Ok(None)
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// A manifest with a node of every kind.
    pub fn example() -> Manifest {
        Manifest::parse(include_bytes!("manifest/example.json")).expect("a manifest")
    }

    #[test]
    fn ports_interfaces_and_targets_are_read() {
        let manifest = example();
        let ports: Vec<_> = manifest.ports().iter().map(Port::opened).collect();
        assert_eq!(ports, ["tcp port 80 is ", "udp port 53 is "]);
        let interfaces: Vec<_> = manifest.interfaces().collect();
        let [interface] = interfaces.as_slice() else {
            panic!("one interface: {interfaces:?}");
        };
        assert_eq!(interface.address, Ipv4Addr::new(10, 0, 0, 2));
        assert_eq!(interface.gateway, Some(Ipv4Addr::new(10, 0, 0, 1)));
        assert_eq!(
            manifest.targets().expect("known targets"),
            [Target::Unix, Target::Virtio]
        );
        assert_eq!(manifest.memory, Some(16 << 20));
    }

    #[test]
    fn another_version_is_refused() {
        let failure = Manifest::parse(br#"{"version": 2}"#).expect_err("version 2");
        assert!(failure.to_string().contains("version 2"));
    }

    #[test]
    fn the_note_is_found_in_an_executable() {
        let this = std::fs::read("/proc/self/exe").expect("this test");
        assert_eq!(note(&this).expect("an ELF file"), None);
        assert!(note(b"\x7fELF").is_err());
    }
}
