//! Archives in the format ustar (POSIX.1-2017, `pax`, "ustar Interchange Format"). All files belong to root
//! and are as old as the epoch, so that the same contents are the same bytes.

use std::ops::Range;

/// Headers and contents are padded to this length.
const BLOCK: usize = 512;

const NAME: Range<usize> = 0..100;
const MODE: usize = 100;
const OWNER: usize = 108;
const GROUP: usize = 116;
const SIZE: usize = 124;
const TIME: usize = 136;
const CHECKSUM: Range<usize> = 148..156;
const KIND: usize = 156;
const MAGIC: usize = 257;
const DEVICE_MAJOR: usize = 329;
const DEVICE_MINOR: usize = 337;

/// An archive that is being written.
#[derive(Default)]
pub struct Tar(Vec<u8>);

impl Tar {
    /// Adds a directory.
    pub fn directory(&mut self, path: &str) {
        self.header(&format!("{path}/"), 0o755, 0, b'5');
    }

    /// Adds a file.
    pub fn file(&mut self, path: &str, contents: &[u8]) {
        self.header(path, 0o644, contents.len(), b'0');
        self.0.extend_from_slice(contents);
        self.0.resize(self.0.len().next_multiple_of(BLOCK), 0);
    }

    /// Returns the archive.
    pub fn finish(mut self) -> Vec<u8> {
        self.0.resize(self.0.len() + 2 * BLOCK, 0);
        self.0
    }

    fn header(&mut self, path: &str, mode: u32, size: usize, kind: u8) {
        let mut header = [0; BLOCK];
        let mut put = |at: usize, text: &str| {
            header[at..at + text.len()].copy_from_slice(text.as_bytes());
        };
        assert!(path.len() <= NAME.len(), "the paths here are short");
        put(NAME.start, path);
        put(MODE, &format!("{mode:07o}"));
        put(OWNER, "0000000");
        put(GROUP, "0000000");
        put(SIZE, &format!("{size:011o}"));
        put(TIME, "00000000000");
        put(MAGIC, "ustar\x0000");
        put(DEVICE_MAJOR, "0000000");
        put(DEVICE_MINOR, "0000000");
        header[KIND] = kind;
        // The sum of all bytes, with spaces in place of itself.
        header[CHECKSUM].fill(b' ');
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        header[CHECKSUM].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        self.0.extend_from_slice(&header);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_padded_and_nothing_depends_on_the_host() {
        let mut tar = Tar::default();
        tar.directory("etc");
        tar.file("etc/motto", b"two words");
        let bytes = tar.finish();
        assert_eq!(bytes.len(), 5 * BLOCK);
        let header = &bytes[BLOCK..2 * BLOCK];
        assert_eq!(&header[..10], b"etc/motto\0");
        assert_eq!(&header[MODE..MODE + 8], b"0000644\0");
        assert_eq!(&header[SIZE..SIZE + 12], b"00000000011\0");
        assert_eq!(&header[TIME..TIME + 12], b"00000000000\0");
        assert_eq!(&header[KIND..KIND + 1], b"0");
        assert_eq!(&bytes[2 * BLOCK..][..12], b"two words\0\0\0");
        assert!(bytes[3 * BLOCK..].iter().all(|byte| *byte == 0));
    }

    /// By GNU tar, which every host of the tests has.
    #[test]
    fn another_program_reads_it() {
        let mut tar = Tar::default();
        tar.directory("a");
        tar.file("a/b", &[7; 1000]);
        tar.file("empty", b"");
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("archive");
        std::fs::write(&path, tar.finish()).expect("a file");
        let mut command = std::process::Command::new("tar");
        command.args(["--list", "--verbose", "--numeric-owner", "--utc", "--file"]);
        let output = command.arg(&path).output().expect("tar runs");
        assert!(output.status.success(), "{output:?}");
        let text = String::from_utf8(output.stdout).expect("text");
        let lines: Vec<Vec<_>> = text
            .lines()
            .map(|line| line.split_whitespace().collect())
            .collect();
        let expected = [
            ["drwxr-xr-x", "0/0", "0", "1970-01-01", "00:00", "a/"],
            ["-rw-r--r--", "0/0", "1000", "1970-01-01", "00:00", "a/b"],
            ["-rw-r--r--", "0/0", "0", "1970-01-01", "00:00", "empty"],
        ];
        assert_eq!(lines, expected);
    }
}
