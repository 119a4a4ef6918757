//! `cargo mirage expand`

use crate::{
    arguments::{Expand, PackageOptions},
    cargo,
    failure::{Context, FAILED, Failure, MISSING_PREREQUISITE, Result},
    package::Unikernel,
};
use mirage_graph::manifest::EXPANSION_VARIABLE;
use std::{
    fs::File,
    io::ErrorKind,
    path::Path,
    process::{Command, ExitCode, Stdio},
};

/// How to get the program that formats the expansion.
const RUSTFMT: &str = "`rustup component add rustfmt` installs it";

/// Prints the expansion of `#[unikernel]`, formatted.
pub fn expand(arguments: &Expand) -> Result {
    let unikernel = Unikernel::find(&arguments.package)?;
    let directory = unikernel.target_directory().join("expand");
    let left = directory.join(format!("{}.rs", unikernel.binary));
    forget(&unikernel, &arguments.package, &directory, &left)?;
    let check = cargo::command("check", &arguments.package);
    let mut check = for_package(check, &unikernel, &directory);
    check
        .args(["--bin", &unikernel.binary])
        .env(EXPANSION_VARIABLE, &left);
    let compiles = check.status().context("failed to start cargo")?;
    match File::open(&left) {
        Ok(tokens) => print!("{}", formatted(tokens)?),
        Err(cause) if cause.kind() != ErrorKind::NotFound => {
            return Err(cause).context(left.display());
        }
        Err(_) if compiles.success() => {
            return Err(Failure::new(format_args!(
                "`{}` has no function with the attribute `#[unikernel]`",
                unikernel.binary
            )));
        }
        Err(_) => {}
    }
    // Print the expansion even if it does not compile: it may show the cause.
    if compiles.success() {
        Ok(ExitCode::SUCCESS)
    } else {
        Err(Failure::already_reported(FAILED))
    }
}

/// Forces cargo to recompile the package, and nothing else: cargo does not know that the macro writes a
/// file.
fn forget(
    unikernel: &Unikernel,
    options: &PackageOptions,
    directory: &Path,
    left: &Path,
) -> Result<()> {
    match std::fs::remove_file(left) {
        Err(cause) if cause.kind() != ErrorKind::NotFound => Err(cause).context(left.display())?,
        _ => {}
    }
    if !directory.exists() {
        return std::fs::create_dir_all(directory).context(directory.display());
    }
    let mut clean = for_package(cargo::plain("clean", options), unikernel, directory);
    let status = clean.arg("--quiet").status();
    if status.context("failed to start cargo")?.success() {
        Ok(())
    } else {
        Err(Failure::already_reported(FAILED))
    }
}

fn for_package(mut cargo: Command, unikernel: &Unikernel, directory: &Path) -> Command {
    cargo.arg("--manifest-path").arg(unikernel.manifest());
    cargo.args(["--package", unikernel.id()]);
    cargo.arg("--target-dir").arg(directory);
    cargo
}

/// Formats the tokens with rustfmt, which explains itself if it cannot.
fn formatted(tokens: File) -> Result<String> {
    let mut rustfmt = Command::new("rustfmt");
    let rustfmt = rustfmt.args(["--edition", "2024"]).stdin(tokens);
    let output = rustfmt.stderr(Stdio::inherit()).output().map_err(|cause| {
        let failure = format_args!("`rustfmt` could not be run: {cause}");
        Failure::with_status(MISSING_PREREQUISITE, failure).help(RUSTFMT)
    })?;
    if !output.status.success() {
        return Err(Failure::new("rustfmt could not format the expansion").help(RUSTFMT));
    }
    String::from_utf8(output.stdout).context("the expansion")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Seek, Write};

    /// Returns a file with this text, to be read.
    fn file(text: &str) -> File {
        let mut file = tempfile::tempfile().expect("a file");
        let written = file.write_all(text.as_bytes());
        written.and_then(|()| file.rewind()).expect("a file");
        file
    }

    #[test]
    fn tokens_are_laid_out() {
        let tokens = "const _ : () = { async fn main (http : TcpListener) { loop { } } } ;";
        let expected = "\
const _: () = {
    async fn main(http: TcpListener) {
        loop {}
    }
};
";
        assert_eq!(formatted(file(tokens)).expect("Rust"), expected);
        assert!(formatted(file("fn fn")).is_err());
    }
}
