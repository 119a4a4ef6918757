//! The unikernel's package, from cargo metadata.

use crate::{
    arguments::PackageOptions,
    failure::{Context, Failure, Result},
};
use cargo_metadata::{Metadata, MetadataCommand, Package, TargetKind};
use std::path::{Path, PathBuf};

/// The crate that every unikernel depends on.
const RUNTIME: &str = "mirage-rt";

/// A package with one binary: the unikernel.
pub struct Unikernel {
    metadata: Metadata,
    package: Package,
    /// The name of the binary.
    pub binary: String,
}

impl Unikernel {
    /// Finds the package that the arguments name, or that of the current directory.
    pub fn find(options: &PackageOptions) -> Result<Self> {
        let metadata = metadata(options)?;
        let package = match &options.name {
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

    /// The directory for the tool's output.
    pub fn target_directory(&self) -> PathBuf {
        self.metadata.target_directory.join("mirage").into()
    }

    /// Returns the package that a source file, as named by the compiler, belongs to.
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

    /// The directory of the runtime that the package depends on.
    pub fn runtime(&self) -> Result<PathBuf> {
        let runtime = self
            .metadata
            .packages
            .iter()
            .find(|package| *package.name == RUNTIME)
            .and_then(|package| package.manifest_path.parent());
        runtime.map(Into::into).ok_or_else(|| {
            Failure::new(format_args!("`{}` is not a unikernel", self.name()))
                .help("add the dependency `mirage-rt` and the attribute `#[mirage_rt::unikernel(…)]` on `main`")
        })
    }
}

/// Returns whether this is the workspace of the runtime itself.
pub fn is_this_project(options: &PackageOptions) -> Result<bool> {
    let metadata = metadata(options)?;
    let mut members = metadata.workspace_packages().into_iter();
    Ok(members.any(|package| *package.name == RUNTIME))
}

fn metadata(options: &PackageOptions) -> Result<Metadata> {
    let mut command = MetadataCommand::new();
    if let Some(path) = &options.manifest.manifest_path {
        command.manifest_path(path);
    }
    options.features.forward_metadata(&mut command);
    match command.exec() {
        Ok(metadata) => Ok(metadata),
        // Cargo's message already starts with `error:`.
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
        Failure::usage(format_args!(
            "there is no package `{name}` in this workspace"
        ))
        .help(unikernels(metadata))
    })
}

fn not_named(metadata: &Metadata) -> Failure {
    Failure::usage("this directory has several packages: name one").help(unikernels(metadata))
}

/// Lists the choices: the members with a binary that depend on the runtime.
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
        "there is no unikernel in this workspace; create one with `cargo mirage new NAME`".into()
    } else {
        format!("the unikernels in this workspace are {}", names.join(", "))
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
            "`{}` has no binary: a unikernel has a `src/main.rs`",
            package.name
        ))),
        (None, several) => Err(Failure::usage(format_args!(
            "`{}` has several binaries: {}",
            package.name,
            several.join(", ")
        ))
        .help("choose one with `default-run` in its Cargo.toml")),
    }
}
