//! `cargo mirage new`

use crate::{
    arguments::New,
    cargo,
    failure::{Context, FAILED, Failure, Result},
    package::RUNTIME,
    toml,
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

const PROGRAM: &str = include_str!("new/program.rs");
const PROGRAM_WITH_STD: &str = include_str!("new/program_with_std.rs");

/// Creates a crate that builds, runs and passes its tests.
pub fn new(arguments: &New) -> Result {
    let path = &arguments.path;
    if path.file_name().is_some_and(|name| name == RUNTIME) {
        return Err(Failure::usage(format_args!(
            "a unikernel cannot be named `{RUNTIME}`: it depends on the crate of this name"
        )));
    }
    let dependency = dependency(arguments)?;
    // Cargo checks the name, adds the crate to the workspace around it, and sets up version control.
    let status = cargo::program().args(["new", "--quiet"]).arg(path).status();
    if !status.context("failed to start cargo")?.success() {
        return Err(Failure::already_reported(FAILED));
    }
    let program = path.join("src/main.rs");
    let source = match arguments.std {
        true => PROGRAM_WITH_STD,
        false => PROGRAM,
    };
    fs::write(&program, source).context(program.display())?;
    let manifest = path.join("Cargo.toml");
    let text = fs::read_to_string(&manifest).context(manifest.display())?;
    let with_runtime = format!("[dependencies]\n{RUNTIME} = {dependency}\n");
    fs::write(
        &manifest,
        text.replacen("[dependencies]\n", &with_runtime, 1),
    )
    .context(manifest.display())?;
    eprintln!("Created `{}`. In it, run:", path.display());
    eprintln!("    cargo test                    to run its tests");
    eprintln!("    cargo run                     to run it as a process");
    eprintln!("    cargo mirage run -t virtio    to boot it in QEMU");
    Ok(ExitCode::SUCCESS)
}

/// Returns the dependency on the runtime as TOML: as requested, or else where this tool comes from.
fn dependency(arguments: &New) -> Result<String> {
    let source = source(arguments)?;
    Ok(match arguments.std {
        true => format!("{{ {source}, features = [\"std\"] }}"),
        false => match source.strip_prefix("version = ") {
            Some(version) => version.into(),
            None => format!("{{ {source} }}"),
        },
    })
}

/// Returns where the runtime is, as a key and its value.
fn source(arguments: &New) -> Result<String> {
    if let Some(repository) = &arguments.git {
        return Ok(by_git(repository));
    }
    if let Some(directory) = &arguments.runtime {
        let found = runtime_in(directory);
        let found = found.ok_or_else(|| {
            let directory = directory.display();
            Failure::usage(format_args!("`{directory}` is not a clone of Mirage"))
                .help(format_args!("it has no `{RUNTIME}/Cargo.toml`"))
        })?;
        return Ok(by_path(&found));
    }
    let built_from = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    Ok(match runtime_in(&built_from) {
        // Cargo's own clone, of `cargo install --git`, is replaced by the next one.
        Some(runtime) if runtime.to_string_lossy().contains("/git/checkouts/") => {
            by_git(env!("CARGO_PKG_REPOSITORY"))
        }
        Some(runtime) => by_path(&runtime),
        None => format!("version = {}", toml::string(env!("CARGO_PKG_VERSION"))),
    })
}

/// Returns the directory of the runtime in a clone of this repository.
fn runtime_in(directory: &Path) -> Option<PathBuf> {
    let runtime = directory.join(RUNTIME).canonicalize().ok()?;
    runtime.join("Cargo.toml").exists().then_some(runtime)
}

fn by_git(repository: &str) -> String {
    format!("git = {}", toml::string(repository))
}

fn by_path(runtime: &Path) -> String {
    format!("path = {}", toml::string(&runtime.to_string_lossy()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_runtime_is_a_clone_or_a_repository() {
        let clone = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let new = |std, git: Option<&str>, runtime: Option<&Path>| {
            dependency(&New {
                path: "gate".into(),
                std,
                git: git.map(Into::into),
                runtime: runtime.map(Into::into),
            })
        };
        let here = by_path(&clone.canonicalize().expect("a folder").join(RUNTIME));
        let with_std = format!("{{ {here}, features = [\"std\"] }}");
        let here = format!("{{ {here} }}");
        assert_eq!(new(false, None, Some(&clone)).expect("a clone"), here);
        assert_eq!(new(false, None, None).expect("the same"), here);
        assert_eq!(new(true, None, None).expect("the same"), with_std);
        let remote = new(false, Some("https://example.org/\"a\""), None);
        let expected = "{ git = \"https://example.org/\\\"a\\\"\" }";
        assert_eq!(remote.expect("a repository"), expected);
        let refused = new(false, None, Some(Path::new("/proc"))).expect_err("no clone");
        assert!(refused.to_string().contains("is not a clone of Mirage"));
    }
}
