//! The manifest: the devices that an image declares.

use super::refusal::Refusal;
use mirage_solo5::manifest::{
    Device, DeviceKind, ENTRY_LEN, Entry, MAX_ENTRIES, NAME_LEN, RESERVED_FIRST, VERSION,
    read_header,
};

/// The manifest of an image.
#[derive(Debug, PartialEq, Eq)]
pub struct Manifest<'a> {
    /// The manifest's bytes in the image.
    pub bytes: &'a [u8],
    /// The devices. A device's handle is its position, counted from 1.
    pub devices: Vec<Device<'a>>,
}

impl<'a> Manifest<'a> {
    /// Reads and checks a manifest, which is all of `bytes`.
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, Refusal> {
        let (header, entries) = bytes.split_first_chunk().ok_or(Refusal::ManifestSize)?;
        let (version, count) = read_header(header);
        if version != VERSION {
            return Err(Refusal::ManifestVersion(version));
        }
        if !(1..=MAX_ENTRIES).contains(&count) {
            return Err(Refusal::ManifestEntries(count));
        }
        let (entries, rest) = entries.as_chunks::<ENTRY_LEN>();
        if entries.len() != count as usize || !rest.is_empty() {
            return Err(Refusal::ManifestSize);
        }
        let mut devices: Vec<Device<'_>> = Vec::new();
        for (number, entry) in entries.iter().map(Entry).enumerate() {
            if entry.is_attached() {
                return Err(Refusal::ManifestAttached(number));
            }
            if number == 0 {
                let is_named = entry.0[..NAME_LEN].iter().any(|byte| *byte != 0);
                if entry.kind() != RESERVED_FIRST || is_named {
                    return Err(Refusal::ManifestFirst);
                }
                continue;
            }
            let device = device(entry, number)?;
            if devices.contains(&device) {
                return Err(Refusal::ManifestTwice(number));
            }
            devices.push(device);
        }
        Ok(Self { bytes, devices })
    }
}

fn device(entry: Entry<'_>, number: usize) -> Result<Device<'_>, Refusal> {
    const BLOCK: u32 = DeviceKind::BlockBasic as u32;
    const NET: u32 = DeviceKind::NetBasic as u32;

    let name = str::from_utf8(entry.name()).ok();
    let name = name.filter(|name| {
        (1..NAME_LEN).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
    });
    let name = name.ok_or(Refusal::ManifestName(number))?;
    match entry.kind() {
        BLOCK => Ok(Device::BlockBasic(name)),
        NET => Ok(Device::NetBasic(name)),
        kind => Err(Refusal::ManifestKind { number, kind }),
    }
}
