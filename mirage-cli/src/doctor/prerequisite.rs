//! The programs that the tool and the tests run.

use std::path::{Path, PathBuf};

/// A program that the tool or a test runs.
#[derive(Debug)]
pub struct Prerequisite {
    /// The name of the program.
    pub program: &'static str,
    /// The packages of Debian and Ubuntu that contain it.
    pub packages: &'static [&'static str],
    /// Its purpose.
    pub purpose: &'static str,
}

/// All prerequisites.
pub const EVERYTHING: &[Prerequisite] = &[
    Prerequisite {
        program: "cc",
        packages: &["gcc", "libc6-dev"],
        purpose: "linking programs",
    },
    Prerequisite {
        program: crate::qemu::PROGRAM,
        packages: &["qemu-system-x86"],
        purpose: "booting images",
    },
    client("curl", &["curl"]),
    client("ping", &["iputils-ping"]),
    client("dig", &["bind9-dnsutils"]),
    client("wrk", &["wrk"]),
    client("ip", &["iproute2"]),
    client("dnsmasq", &["dnsmasq-base"]),
];

/// The prerequisites for building programs.
pub const PROGRAMS: &[Prerequisite] = EVERYTHING.first_chunk::<1>().expect("cc is there");
/// The prerequisites for booting images.
pub const MACHINE: &[Prerequisite] = EVERYTHING
    .split_at(1)
    .1
    .first_chunk::<1>()
    .expect("so is QEMU");

const fn client(program: &'static str, packages: &'static [&'static str]) -> Prerequisite {
    Prerequisite {
        program,
        packages,
        purpose: "testing images",
    }
}

impl Prerequisite {
    /// Returns the path of the program, if it is installed.
    pub fn path(&self) -> Option<PathBuf> {
        path_of(self.program)
    }
}

/// Returns the path of `program`, if it is installed.
pub fn path_of(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    // On Debian, `ip` is in a directory that only root's PATH contains.
    let administration = ["/usr/sbin", "/sbin"].map(PathBuf::from);
    std::env::split_paths(&path)
        .chain(administration)
        .map(|directory| directory.join(program))
        .find(|path| is_program(path))
}

fn is_program(path: &Path) -> bool {
    rustix::fs::access(path, rustix::fs::Access::EXEC_OK).is_ok() && path.is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_found_where_it_can_be_executed() {
        let shell = Prerequisite {
            program: "sh",
            ..client("", &[])
        };
        assert!(shell.path().is_some_and(|path| path.ends_with("sh")));
        let absent = client("mirage-no-such-program", &[]);
        assert_eq!(absent.path(), None);
    }
}
