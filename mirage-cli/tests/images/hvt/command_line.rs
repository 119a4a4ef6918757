//! The command line of `solo5-hvt`, and three options that it does not have.

use mirage_graph::mac_address::MacAddress;
use std::{collections::HashMap, path::PathBuf};

/// The parsed command line.
pub struct CommandLine {
    /// Memory of the guest, in bytes.
    pub memory: u64,
    /// The host resource of each device, by the device's name.
    pub attached: HashMap<String, String>,
    /// The MAC addresses that are given.
    pub macs: HashMap<String, MacAddress>,
    /// The image.
    pub image: PathBuf,
    /// The guest's command line.
    pub arguments: String,
    /// QEMU's name of the processor model: `--x-cpu=qemu64` has no RDRAND.
    pub cpu: String,
    /// Whether to behave like a tender before 0.11, without a ring: `--x-before-rings`.
    pub before_rings: bool,
}

impl CommandLine {
    /// Parses the arguments after the program's name.
    pub fn read(words: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let mut line = Self {
            memory: 512 << 20,
            attached: HashMap::new(),
            macs: HashMap::new(),
            image: PathBuf::new(),
            arguments: String::new(),
            cpu: "max".into(),
            before_rings: false,
        };
        let mut words = words.into_iter();
        let mut next = || words.next().ok_or("no image is named");
        line.image = loop {
            match next()? {
                word if word == "--" => break next()?.into(),
                word if !word.starts_with('-') => break word.into(),
                word => line
                    .option(&word)
                    .ok_or(format!("Invalid option: `{word}'"))?,
            }
        };
        line.arguments = words.collect::<Vec<_>>().join(" ");
        Ok(line)
    }

    fn option(&mut self, word: &str) -> Option<()> {
        if word == "--x-before-rings" {
            self.before_rings = true;
            return Some(());
        }
        let (option, value) = word.split_once('=')?;
        match option.split_once(':') {
            Some(("--net" | "--block", name)) => {
                self.attached.insert(name.into(), value.into());
            }
            Some(("--net-mac", name)) => {
                self.macs.insert(name.into(), MacAddress::parse(value)?);
            }
            None if option == "--x-cpu" => self.cpu = value.into(),
            // Whole pages of 2 MiB.
            None if option == "--mem" => self.memory = (value.parse::<u64>().ok()? & !1) << 20,
            _ => return None,
        }
        Some(())
    }
}
