//! An initramfs: an archive in the format `newc` of cpio
//! (Linux, Documentation/driver-api/early-userspace/buffer-format.rst).

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

const DIRECTORY: u32 = 0o40755;
const PROGRAM: u32 = 0o100_755;

/// An archive that is being written.
pub struct Archive {
    file: BufWriter<File>,
    /// What it contains.
    paths: BTreeSet<PathBuf>,
}

impl Archive {
    /// Creates an archive in a file.
    pub fn create(path: &Path) -> io::Result<Self> {
        Ok(Self {
            file: BufWriter::new(File::create(path)?),
            paths: BTreeSet::new(),
        })
    }

    /// Adds a file of the host, at its path there.
    pub fn copy(&mut self, path: &Path) -> io::Result<()> {
        self.copy_to(path, path)
    }

    /// Adds a file of the host at another path.
    pub fn copy_to(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        if self.paths.contains(to) {
            return Ok(());
        }
        let contents = fs::read(from).map_err(|cause| {
            let place = from.display();
            io::Error::new(cause.kind(), format!("{place}: {cause}"))
        })?;
        self.add(to, &contents)
    }

    /// Adds a file with these contents.
    pub fn add(&mut self, path: &Path, contents: &[u8]) -> io::Result<()> {
        if let Some(parent) = path.parent() {
            self.add_directory(parent)?;
        }
        self.entry(path, PROGRAM, contents)
    }

    /// Adds a directory and those above it.
    pub fn add_directory(&mut self, path: &Path) -> io::Result<()> {
        let mut above: Vec<_> = path.ancestors().collect();
        above.reverse();
        for directory in above {
            if directory != Path::new("/") {
                self.entry(directory, DIRECTORY, &[])?;
            }
        }
        Ok(())
    }

    /// Writes the end.
    pub fn finish(mut self) -> io::Result<()> {
        self.write("TRAILER!!!", 0, &[])?;
        self.file.flush()
    }

    fn entry(&mut self, path: &Path, mode: u32, contents: &[u8]) -> io::Result<()> {
        if !self.paths.insert(path.to_owned()) {
            return Ok(());
        }
        let name = path.to_string_lossy();
        self.write(name.trim_start_matches('/'), mode, contents)
    }

    fn write(&mut self, name: &str, mode: u32, contents: &[u8]) -> io::Result<()> {
        const HEADER: usize = 110;
        let inode = self.paths.len() as u32;
        let name_size = name.len() + 1;
        let fields = [
            inode,
            mode,
            // Owner and group, links, modification time.
            0,
            0,
            1,
            0,
            contents.len() as u32,
            // The devices of the file and of a device file.
            0,
            0,
            0,
            0,
            name_size as u32,
            // A checksum, which this format does not have.
            0,
        ];
        write!(self.file, "070701")?;
        for field in fields {
            write!(self.file, "{field:08X}")?;
        }
        self.file.write_all(name.as_bytes())?;
        self.file.write_all(&[0])?;
        self.align(HEADER + name_size)?;
        self.file.write_all(contents)?;
        self.align(contents.len())
    }

    /// Fills up to a multiple of four bytes.
    fn align(&mut self, length: usize) -> io::Result<()> {
        let missing = length.next_multiple_of(4) - length;
        self.file.write_all(&[0; 3][..missing])
    }
}
