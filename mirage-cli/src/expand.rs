//! `cargo mirage expand`

use crate::{
    arguments::{Expand, PackageOptions},
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

/// Prints the expansion of `#[unikernel]`, formatted.
pub fn expand(arguments: &Expand) -> Result {
    let unikernel = Unikernel::find(&arguments.package)?;
    let directory = unikernel.target_directory().join("expand");
    let left = directory.join(format!("{}.rs", unikernel.binary));
    forget(&unikernel, &arguments.package, &directory, &left)?;
    let mut check = for_package("check", &unikernel, &arguments.package, &directory);
    check
        .args(["--bin", &unikernel.binary])
        .env(EXPANSION_VARIABLE, &left);
    let compiles = check.status().context("failed to start cargo")?;
    match std::fs::read_to_string(&left) {
        Ok(tokens) => print!("{}", formatted(&tokens)?),
        Err(cause) if cause.kind() != ErrorKind::NotFound => {
            return Err(cause).context(left.display());
        }
        Err(_) if compiles.success() => {
            return Err(Failure::new(format_args!(
                "`{}` has no function with the attribute `#[unikernel]`",
                unikernel.name()
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
    let mut clean = for_package("clean", unikernel, options, directory);
    let status = clean.arg("--quiet").status();
    if status.context("failed to start cargo")?.success() {
        Ok(())
    } else {
        Err(Failure::already_reported(FAILED))
    }
}

fn for_package(
    subcommand: &str,
    unikernel: &Unikernel,
    options: &PackageOptions,
    directory: &Path,
) -> Command {
    let mut cargo = cargo::command(subcommand, options);
    cargo.arg("--manifest-path").arg(unikernel.manifest());
    cargo.args(["--package", unikernel.name()]);
    cargo.arg("--target-dir").arg(directory);
    cargo
}

/// Formats the tokens.
fn formatted(tokens: &str) -> Result<String> {
    let file = syn::parse_file(tokens).context("the expansion is not valid Rust")?;
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
