//! The manifest: the devices that an image declares.

use super::Refusal;

/// The one version of the manifest.
const VERSION: u32 = 1;
/// Version and number of entries.
const HEADER: usize = 8;
/// The length of an entry, in bytes.
pub const ENTRY: usize = 104;
/// The most entries, the reserved one included: a set of devices is a number of 64 bits.
const MAX_ENTRIES: usize = 64;
/// The bytes of a name, which a zero ends.
const NAME: usize = 68;
/// Where an entry says its type.
const KIND: usize = NAME;
/// Where it says that it is attached, which is the tender's to say.
const ATTACHED: usize = 96;
/// The type of the first entry, which is no device.
const RESERVED_FIRST: u32 = 0x4000_0000;

/// What a device is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceKind {
    /// `BLOCK_BASIC`: a disk.
    Block,
    /// `NET_BASIC`: a network interface.
    Net,
}

impl DeviceKind {
    /// Returns the kind's name in messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Block => "block device",
            Self::Net => "network interface",
        }
    }
}

/// A device that an image declares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device<'a> {
    /// Its name: 1 to 67 letters and digits.
    pub name: &'a str,
    /// What it is.
    pub kind: DeviceKind,
}

/// The manifest of an image.
#[derive(Debug, PartialEq, Eq)]
pub struct Manifest<'a> {
    /// The manifest's bytes in the image.
    pub bytes: &'a [u8],
    /// The devices. A device's handle is its position, counted from 1.
    pub devices: Vec<Device<'a>>,
}

impl<'a> Manifest<'a> {
    /// Reads and checks a manifest, which takes up all of `bytes`.
    pub fn read(bytes: &'a [u8]) -> Result<Self, Refusal> {
        let (version, rest) = number(bytes).ok_or(Refusal::ManifestSize)?;
        if version != VERSION {
            return Err(Refusal::ManifestVersion(version));
        }
        let (count, entries) = number(rest).ok_or(Refusal::ManifestSize)?;
        let number_of_entries = usize::try_from(count).ok();
        let number_of_entries = number_of_entries.filter(|count| (1..=MAX_ENTRIES).contains(count));
        let number_of_entries = number_of_entries.ok_or(Refusal::ManifestEntries(count))?;
        if bytes.len() != HEADER + number_of_entries * ENTRY {
            return Err(Refusal::ManifestSize);
        }
        let mut entries = entries.chunks_exact(ENTRY);
        let first = entries.next().ok_or(Refusal::ManifestSize)?;
        if kind(first) != RESERVED_FIRST || first[..NAME].iter().any(|byte| *byte != 0) {
            return Err(Refusal::ManifestFirst);
        }
        if first[ATTACHED] != 0 {
            return Err(Refusal::ManifestAttached(0));
        }
        let mut devices: Vec<Device<'_>> = Vec::new();
        for (index, entry) in entries.enumerate() {
            let device = device(entry, index + 1)?;
            if devices.contains(&device) {
                return Err(Refusal::ManifestTwice(index + 1));
            }
            devices.push(device);
        }
        Ok(Self { bytes, devices })
    }
}

fn number(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (number, rest) = bytes.split_first_chunk()?;
    Some((u32::from_le_bytes(*number), rest))
}

fn kind(entry: &[u8]) -> u32 {
    let bytes = entry[KIND..].first_chunk();
    u32::from_le_bytes(*bytes.expect("an entry is longer"))
}

fn device(entry: &[u8], number: usize) -> Result<Device<'_>, Refusal> {
    if entry[ATTACHED] != 0 {
        return Err(Refusal::ManifestAttached(number));
    }
    let length = entry[..NAME].iter().position(|byte| *byte == 0);
    let name = length.map(|length| &entry[..length]);
    let name = name.filter(|name| !name.is_empty() && name.iter().all(u8::is_ascii_alphanumeric));
    let name = name.and_then(|name| str::from_utf8(name).ok());
    Ok(Device {
        name: name.ok_or(Refusal::ManifestName(number))?,
        kind: match kind(entry) {
            1 => DeviceKind::Block,
            2 => DeviceKind::Net,
            kind => return Err(Refusal::ManifestKind { number, kind }),
        },
    })
}
