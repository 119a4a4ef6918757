//! `cargo mirage new`

mod name;

use crate::{
    arguments::New,
    failure::{Context, Failure, Result},
    toml,
};
use cargo_metadata::MetadataCommand;
use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

const PROGRAM: &str = include_str!("new/program.rs");

/// Creates a crate that builds, runs and passes its tests.
pub fn new(arguments: &New) -> Result {
    let path = &arguments.path;
    let name = path.file_name().and_then(|name| name.to_str());
    let name = name.ok_or_else(|| {
        Failure::usage(format_args!(
            "`{}` does not end with a name",
            path.display()
        ))
    })?;
    name::check(name).map_err(|why| Failure::usage(format_args!("`{name}` {why}")))?;
    if path.exists() {
        return Err(Failure::usage(format_args!(
            "`{}` already exists",
            path.display()
        )));
    }
    let manifest = path.join("Cargo.toml");
    let content = content(name, runtime().as_deref());
    write(&path.join("src/main.rs"), PROGRAM)?;
    write(&path.join(".gitignore"), "/target\n")?;
    write(&manifest, &content)?;
    if !cargo_takes(&manifest) {
        // The directory is inside a workspace of which the crate is not a member.
        write(&manifest, &format!("{content}\n[workspace]\n"))?;
    }
    eprintln!("Created `{}`. In it, run:", path.display());
    eprintln!("    cargo test                    to run its tests");
    eprintln!("    cargo run                     to run it as a process");
    eprintln!("    cargo mirage run -t virtio    to boot it in QEMU");
    Ok(ExitCode::SUCCESS)
}

/// Returns the path of the runtime in the repository that this tool was built from, if it exists.
fn runtime() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../mirage-rt");
    beside.canonicalize().ok()
}

fn content(name: &str, runtime: Option<&Path>) -> String {
    let source = match runtime {
        Some(path) => format!("{{ path = {} }}", toml::string(&path.to_string_lossy())),
        None => toml::string(env!("CARGO_PKG_VERSION")),
    };
    format!(
        "\
[package]
name = {}
version = \"0.1.0\"
edition = \"2024\"

[dependencies]
mirage-rt = {source}
",
        toml::string(name)
    )
}

fn write(path: &Path, content: &str) -> Result<()> {
    let directory = path.parent().unwrap_or(Path::new(""));
    fs::create_dir_all(directory).context(directory.display())?;
    fs::write(path, content).context(path.display())
}

fn cargo_takes(manifest: &Path) -> bool {
    let mut metadata = MetadataCommand::new();
    metadata.manifest_path(manifest).no_deps().exec().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_runtime_is_a_folder_or_a_version() {
        let here = content("gate", Some(Path::new("/a \"b\"/mirage-rt")));
        assert!(here.ends_with("mirage-rt = { path = \"/a \\\"b\\\"/mirage-rt\" }\n"));
        assert!(content("gate", None).contains("\nmirage-rt = \"0."));
    }

    #[test]
    fn what_is_there_is_left_alone() {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let failure = new(&New { path }).expect_err("the folder exists");
        assert!(failure.to_string().contains("already exists"));
    }
}
