//! The programs that the tool and the tests run.

use std::path::{Path, PathBuf};

/// A program that the tool or a test runs.
#[derive(Debug)]
pub struct Prerequisite {
    /// The name of the program.
    pub program: &'static str,
    /// The packages of Debian and Ubuntu that contain it.
    pub packages: &'static [&'static str],
}

/// All prerequisites: first those of building, then those of booting, then the clients of tests.
pub const EVERYTHING: &[Prerequisite] = &[
    program("cc", &["gcc", "libc6-dev"]),
    program(crate::qemu::PROGRAM, &["qemu-system-x86"]),
    program("curl", &["curl"]),
    program("ping", &["iputils-ping"]),
    program("dig", &["bind9-dnsutils"]),
    program("wrk", &["wrk"]),
    program("ip", &["iproute2"]),
    program("dnsmasq", &["dnsmasq-base"]),
    program("radvd", &["radvd"]),
    program("nft", &["nftables"]),
    program("openssl", &["openssl"]),
    program("gdb", &["gdb"]),
    program("skopeo", &["skopeo"]),
    program("umoci", &["umoci"]),
];

/// The prerequisites for building unikernels.
pub const PROGRAMS: &[Prerequisite] = EVERYTHING.split_at(1).0;
/// The prerequisites for booting images.
pub const MACHINE: &[Prerequisite] = EVERYTHING.split_at(2).0.split_at(1).1;
/// The prerequisites for building and booting.
pub const RUNNING: &[Prerequisite] = EVERYTHING.split_at(2).0;
/// The prerequisites for this project's tests only.
pub const CLIENTS: &[Prerequisite] = EVERYTHING.split_at(2).1;

const fn program(program: &'static str, packages: &'static [&'static str]) -> Prerequisite {
    Prerequisite { program, packages }
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
        assert!(
            program("sh", &[])
                .path()
                .is_some_and(|path| path.ends_with("sh"))
        );
        let absent = program("mirage-no-such-program", &[]);
        assert_eq!(absent.path(), None);
    }
}
