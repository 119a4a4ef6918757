//! `cargo mirage expand`

use crate::{
    arguments::{Expand, Source},
    cargo,
    failure::{Context, FAILED, Failure, Result},
    package::Unikernel,
};
use mirage_graph::manifest::EXPANSION_VARIABLE;
use std::{
    io::ErrorKind,
    path::Path,
    process::{Command, ExitCode},
};

/// Prints what `#[unikernel]` wrote, formatted.
pub fn expand(arguments: &Expand) -> Result {
    let unikernel = Unikernel::find(&arguments.source)?;
    let directory = unikernel.target_directory().join("expand");
    let left = directory.join(format!("{}.rs", unikernel.binary));
    forget(&unikernel, &arguments.source, &directory, &left)?;
    let mut check = for_package("check", &unikernel, &arguments.source, &directory);
    check
        .args(["--bin", &unikernel.binary])
        .env(EXPANSION_VARIABLE, &left);
    let compiles = check.status().context("cargo could not be started")?;
    match std::fs::read_to_string(&left) {
        Ok(tokens) => print!("{}", formatted(&tokens)?),
        Err(cause) if cause.kind() != ErrorKind::NotFound => {
            return Err(cause).context(left.display());
        }
        Err(_) if compiles.success() => {
            return Err(Failure::new(format_args!(
                "`{}` has no main with the attribute `#[unikernel]`",
                unikernel.name()
            )));
        }
        Err(_) => {}
    }
    // What does not compile is shown too: the mistake may be in what was written.
    if compiles.success() {
        Ok(ExitCode::SUCCESS)
    } else {
        Err(Failure::said(FAILED))
    }
}

/// Makes cargo compile the package once more, and nothing else: it does not know that the macro
/// writes a file.
fn forget(unikernel: &Unikernel, source: &Source, directory: &Path, left: &Path) -> Result<()> {
    match std::fs::remove_file(left) {
        Err(cause) if cause.kind() != ErrorKind::NotFound => Err(cause).context(left.display())?,
        _ => {}
    }
    if !directory.exists() {
        return std::fs::create_dir_all(directory).context(directory.display());
    }
    let mut clean = for_package("clean", unikernel, source, directory);
    let status = clean.arg("--quiet").status();
    if status.context("cargo could not be started")?.success() {
        Ok(())
    } else {
        Err(Failure::said(FAILED))
    }
}

fn for_package(
    subcommand: &str,
    unikernel: &Unikernel,
    source: &Source,
    directory: &Path,
) -> Command {
    let mut cargo = cargo::command(subcommand, source);
    cargo.arg("--manifest-path").arg(unikernel.manifest());
    cargo.args(["--package", unikernel.name()]);
    cargo.arg("--target-dir").arg(directory);
    cargo
}

/// The tokens as a person would have laid them out.
fn formatted(tokens: &str) -> Result<String> {
    let file = syn::parse_file(tokens).context("the attribute wrote what is not Rust")?;
    Ok(prettyplease::unparse(&file))
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(formatted(tokens).expect("Rust"), expected);
        assert!(formatted("fn fn").is_err());
    }
}
