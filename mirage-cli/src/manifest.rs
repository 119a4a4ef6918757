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
use serde_json::Value;
use std::{net::Ipv4Addr, path::Path};

/// Owner and type of the note, as `mirage-rt` writes it.
const OWNER: &[u8] = b"mirage";
const KIND: NoteType = NoteType(1);

/// What an image says of itself.
#[derive(Clone, Debug)]
pub struct Manifest(Value);

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
        serde_json::from_slice(&note)
            .map(Self)
            .context("the device graph")
    }

    /// The targets that the unikernel is declared for.
    pub fn targets(&self) -> Result<Vec<Target>> {
        let names = self.0["targets"].as_array().into_iter().flatten();
        names
            .filter_map(Value::as_str)
            .map(|name| {
                Target::from_str(name, false).map_err(|_| {
                    Failure::new(format_args!("this tool does not know the target `{name}`"))
                        .help("a newer `cargo mirage` may")
                })
            })
            .collect()
    }

    /// The memory that the unikernel declares, in bytes.
    pub fn memory(&self) -> Option<u64> {
        self.0["memory"].as_u64()
    }

    /// The nodes of one kind.
    fn nodes(&self, kind: &str) -> impl Iterator<Item = &Value> {
        let nodes = self.0["nodes"].as_array().into_iter().flatten();
        nodes.filter(move |node| node["kind"] == kind)
    }

    /// The network interfaces.
    pub fn interfaces(&self) -> impl Iterator<Item = Interface> {
        self.nodes("net").filter_map(|node| {
            let config = &node["config"];
            Some(Interface {
                address: config["address"].as_str()?.parse().ok()?,
                prefix_length: config["prefix"].as_u64()?.try_into().ok()?,
                gateway: config["gateway"]
                    .as_str()
                    .and_then(|text| text.parse().ok()),
            })
        })
    }

    /// The ports that are listened on.
    pub fn ports(&self) -> Vec<Port> {
        let of = |protocol: Protocol| {
            self.nodes(protocol.name()).filter_map(move |node| {
                Some(Port {
                    name: node["name"].as_str()?.into(),
                    protocol,
                    number: node["config"]["port"].as_u64()?.try_into().ok()?,
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
