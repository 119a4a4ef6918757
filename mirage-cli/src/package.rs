//! What cargo knows of the unikernel's package.

use crate::{
    arguments::Source,
    failure::{Context, Failure, Result},
};
use cargo_metadata::{Metadata, MetadataCommand, Package, TargetKind};
use std::path::{Path, PathBuf};

/// The crate that every unikernel is built on.
const RUNTIME: &str = "mirage-rt";

/// A package with one program in it: the unikernel.
pub struct Unikernel {
    metadata: Metadata,
    package: Package,
    /// The program's name.
    pub binary: String,
}

impl Unikernel {
    /// The package that the arguments name, or that of the current directory.
    pub fn find(source: &Source) -> Result<Self> {
        let metadata = metadata(source)?;
        let package = match &source.package {
            Some(name) => named(&metadata, name)?,
            None => metadata
                .root_package()
                .cloned()
                .ok_or_else(|| not_named(&metadata))?,
        };
        let binary = binary(&package)?;
        Ok(Self {
            metadata,
            package,
            binary,
        })
    }

    /// The package's name.
    pub fn name(&self) -> &str {
        &self.package.name
    }

    /// The package's `Cargo.toml`.
    pub fn manifest(&self) -> &Path {
        self.package.manifest_path.as_std_path()
    }

    /// Where the tool puts what it makes.
    pub fn target_directory(&self) -> PathBuf {
        self.metadata.target_directory.join("mirage").into()
    }

    /// The name of the package that a source file, as the compiler names it, belongs to.
    pub fn package_of(&self, file: &str) -> Option<String> {
        // The compiler names files of a workspace from its root.
        let file = self.metadata.workspace_root.join(file);
        let folders = self.metadata.packages.iter().filter_map(|package| {
            let folder = package.manifest_path.parent()?;
            file.starts_with(folder).then_some((folder, &package.name))
        });
        let nearest = folders.max_by_key(|(folder, _)| folder.as_str().len());
        nearest.map(|(_, name)| name.to_string())
    }

    /// The folder of the runtime that the package is built on.
    pub fn runtime(&self) -> Result<PathBuf> {
        let runtime = self
            .metadata
            .packages
            .iter()
            .find(|package| *package.name == RUNTIME)
            .and_then(|package| package.manifest_path.parent());
        runtime.map(Into::into).ok_or_else(|| {
            Failure::new(format_args!("`{}` is not a unikernel", self.name()))
                .help("it needs the dependency `mirage-rt` and a `#[mirage_rt::unikernel]` main")
        })
    }
}

/// Whether this is the workspace of the runtime itself.
pub fn is_this_project(source: &Source) -> Result<bool> {
    let metadata = metadata(source)?;
    let mut members = metadata.workspace_packages().into_iter();
    Ok(members.any(|package| *package.name == RUNTIME))
}

fn metadata(source: &Source) -> Result<Metadata> {
    let mut command = MetadataCommand::new();
    if let Some(path) = &source.manifest.manifest_path {
        command.manifest_path(path);
    }
    source.features.forward_metadata(&mut command);
    match command.exec() {
        Ok(metadata) => Ok(metadata),
        // Cargo's own words already begin with `error:`.
        Err(cargo_metadata::Error::CargoMetadata { stderr }) => {
            Err(Failure::new(stderr.trim().trim_start_matches("error: ")))
        }
        Err(cause) => Err(cause).context("cargo metadata"),
    }
}

fn named(metadata: &Metadata, name: &str) -> Result<Package> {
    let mut members = metadata.workspace_packages().into_iter();
    let found = members.find(|package| *package.name == name);
    found.cloned().ok_or_else(|| {
        Failure::usage(format_args!("no package `{name}` here")).help(unikernels(metadata))
    })
}

fn not_named(metadata: &Metadata) -> Failure {
    Failure::usage("this directory has several packages: name one").help(unikernels(metadata))
}

/// The list to choose from: members with a program and the runtime.
fn unikernels(metadata: &Metadata) -> String {
    let names: Vec<_> = metadata
        .workspace_packages()
        .into_iter()
        .filter(|package| {
            let on_runtime = |dependency: &cargo_metadata::Dependency| dependency.name == RUNTIME;
            package.dependencies.iter().any(on_runtime) && binary(package).is_ok()
        })
        .map(|package| format!("`{}`", package.name))
        .collect();
    if names.is_empty() {
        "there is no unikernel in this workspace; `cargo mirage new NAME` makes one".into()
    } else {
        format!("the unikernels here are {}", names.join(", "))
    }
}

fn binary(package: &Package) -> Result<String> {
    let programs: Vec<_> = package
        .targets
        .iter()
        .filter(|target| target.kind.contains(&TargetKind::Bin))
        .map(|target| target.name.clone())
        .collect();
    match (&package.default_run, programs.as_slice()) {
        (Some(chosen), _) => Ok(chosen.clone()),
        (None, [only]) => Ok(only.clone()),
        (None, []) => Err(Failure::usage(format_args!(
            "`{}` has no program: a unikernel is a `src/main.rs`",
            package.name
        ))),
        (None, several) => Err(Failure::usage(format_args!(
            "`{}` has several programs: {}",
            package.name,
            several.join(", ")
        ))
        .help("`default-run` in its Cargo.toml chooses one")),
    }
}
