//! The programs of others that this one needs.

use std::path::{Path, PathBuf};

/// A program that is run, or that a test runs.
#[derive(Debug)]
pub struct Prerequisite {
    /// The program.
    pub program: &'static str,
    /// The packages of Debian and Ubuntu that have it.
    pub packages: &'static [&'static str],
    /// What it is for.
    pub purpose: &'static str,
}

/// All of them.
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

/// What building programs takes.
pub const PROGRAMS: &[Prerequisite] = EVERYTHING.first_chunk::<1>().expect("cc is there");
/// What booting images takes.
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
    /// Where it is installed, if it is.
    pub fn path(&self) -> Option<PathBuf> {
        path_of(self.program)
    }
}

/// Where `program` is installed, if it is.
pub fn path_of(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    // Debian keeps `ip` where only root's PATH leads.
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
