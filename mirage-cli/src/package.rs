//! The unikernel's package, from cargo metadata.

mod metadata;

use crate::{
    arguments::PackageOptions,
    failure::{Failure, Result},
};
use metadata::{Metadata, Package};
use std::path::{Path, PathBuf};

/// The crate that every unikernel depends on.
pub const RUNTIME: &str = "mirage-rt";

/// A unikernel: a binary of a package.
pub struct Unikernel {
    metadata: Metadata,
    package: Package,
    /// The name of the binary.
    pub binary: String,
}

impl Unikernel {
    /// Finds the unikernel that the options name, or that of the current directory.
    pub fn find(options: &PackageOptions) -> Result<Self> {
        let metadata = Metadata::read(options)?;
        match choose(&metadata, options)?.as_slice() {
            [only] => Self::new(&metadata, only, options.bin.as_deref()),
            _ => Err(Failure::usage("several packages are named: name one")),
        }
    }

    /// Finds all unikernels that the options name, or those of the whole workspace.
    pub fn find_all(options: &PackageOptions, workspace: bool) -> Result<Vec<Self>> {
        let metadata = Metadata::read(options)?;
        let mut found = Vec::new();
        if workspace {
            if let Some(name) = options.names().next() {
                let both =
                    format_args!("`--workspace` and the package `{name}` exclude each other");
                return Err(Failure::usage(both));
            }
            let members = metadata.workspace_packages();
            for package in members.into_iter().filter(|package| is_unikernel(package)) {
                found.extend(Self::all_of(&metadata, package, options.bin.as_deref())?);
            }
            if found.is_empty() {
                return Err(Failure::usage(list_unikernels(&metadata)));
            }
        } else {
            for package in choose(&metadata, options)? {
                found.extend(Self::all_of(&metadata, &package, options.bin.as_deref())?);
            }
        }
        Ok(found)
    }

    /// Returns the unikernels of a package, or only the named binary. A package may have programs of the host
    /// beside its unikernels.
    fn all_of(metadata: &Metadata, package: &Package, named: Option<&str>) -> Result<Vec<Self>> {
        let several = binaries(package);
        if named.is_some() || several.len() < 2 {
            return Ok(vec![Self::new(metadata, package, named)?]);
        }
        let all = several.iter();
        let all = all.map(|binary| Self::new(metadata, package, Some(binary)));
        let mut all = all.collect::<Result<Vec<_>>>()?;
        all.retain(Self::has_attribute);
        if all.is_empty() {
            return Ok(vec![Self::new(metadata, package, None)?]);
        }
        Ok(all)
    }

    /// Returns whether the root of the program's crate mentions the attribute, or `image!`.
    fn has_attribute(&self) -> bool {
        std::fs::read_to_string(self.source())
            .is_ok_and(|text| text.contains("unikernel") || text.contains("image!"))
    }

    /// Returns whether the root of the program's crate mentions `image!`.
    pub fn is_planned(&self) -> bool {
        std::fs::read_to_string(self.source()).is_ok_and(|text| text.contains("image!"))
    }

    fn new(metadata: &Metadata, package: &Package, binary: Option<&str>) -> Result<Self> {
        Ok(Self {
            metadata: metadata.clone(),
            package: package.clone(),
            binary: self::binary(package, binary)?,
        })
    }

    /// The package's name.
    pub fn name(&self) -> &str {
        &self.package.name
    }

    /// The package as cargo's option `--package` names it. Other packages may have the same name.
    pub fn id(&self) -> &str {
        &self.package.id
    }

    /// The name of the program's crate.
    pub fn crate_name(&self) -> String {
        self.binary.replace('-', "_")
    }

    /// Whether a dependency has a feature, of this package or of another member of the workspace.
    pub fn enables(&self, dependency: &str, feature: &str) -> bool {
        self.metadata.enables(dependency, feature)
    }

    /// The package's `Cargo.toml`.
    pub fn manifest(&self) -> &Path {
        &self.package.manifest_path
    }

    /// The file with the root of the program's crate.
    pub fn source(&self) -> &Path {
        let mut binaries = self.package.binaries.iter();
        let program = binaries.find(|binary| binary.name == self.binary);
        &program.expect("the binary was found among them").source
    }

    /// The directory for the tool's output.
    pub fn target_directory(&self) -> PathBuf {
        output_directory(&self.metadata)
    }

    /// Returns the package that a source file, as named by the compiler, belongs to.
    pub fn package_of(&self, file: &str) -> Option<String> {
        // The compiler names files of a workspace from its root.
        let file = self.metadata.workspace_root.join(file);
        let packages = self.metadata.packages.iter();
        let around = packages.filter(|package| file.starts_with(package.folder()));
        let nearest = around.max_by_key(|package| package.folder().as_os_str().len());
        nearest.map(|package| package.name.clone())
    }

    /// The directory of the runtime that the package depends on.
    pub fn runtime(&self) -> Result<PathBuf> {
        let mut packages = self.metadata.packages.iter();
        let runtime = packages.find(|package| package.name == RUNTIME);
        runtime.map(|runtime| runtime.folder().into()).ok_or_else(|| {
            Failure::new(format_args!("`{}` is not a unikernel", self.name()))
                .help("add the dependency `mirage-rt` and the attribute `#[mirage_rt::unikernel(…)]` on `main`")
        })
    }
}

/// Returns whether this is the workspace of the runtime itself.
pub fn is_this_project(options: &PackageOptions) -> Result<bool> {
    let metadata = Metadata::read(options)?;
    let mut members = metadata.workspace_packages().into_iter();
    Ok(members.any(|package| package.name == RUNTIME))
}

/// Returns the directory for the tool's output.
pub fn target_directory(options: &PackageOptions) -> Result<PathBuf> {
    Ok(output_directory(&Metadata::read(options)?))
}

fn output_directory(metadata: &Metadata) -> PathBuf {
    metadata.target_directory.join("mirage")
}

/// Returns the named packages, or that of the current directory, or else the only unikernel.
fn choose(metadata: &Metadata, options: &PackageOptions) -> Result<Vec<Package>> {
    let mut named: Vec<_> = options.names().collect();
    let mut seen = std::collections::BTreeSet::new();
    named.retain(|name| seen.insert(*name));
    if !named.is_empty() {
        let named = named
            .into_iter()
            .map(|name| self::named(metadata, name, options));
        return named.collect();
    }
    if let Some(package) = metadata.root_package() {
        return Ok(vec![package.clone()]);
    }
    let mut defaults = metadata.workspace_default_packages();
    defaults.retain(|package| is_unikernel(package));
    match defaults.as_slice() {
        [only] => Ok(vec![(*only).clone()]),
        _ => Err(
            Failure::usage("this directory has several packages: name one")
                .help(list_unikernels(metadata)),
        ),
    }
}

/// Finds a member by its name, or by a package ID specification, such as `name@version` or the URL of its folder.
fn named(metadata: &Metadata, name: &str, options: &PackageOptions) -> Result<Package> {
    let is_specification = name.contains(['@', ':', '/', '#']);
    let id = match is_specification {
        true => Some(metadata::find_id(name, options)?),
        false => None,
    };
    let mut members = metadata.workspace_packages().into_iter();
    let found = members.find(|package| match &id {
        Some(id) => package.id == *id,
        None => package.name == name,
    });
    found.cloned().ok_or_else(|| {
        Failure::usage(format_args!(
            "there is no package `{name}` in this workspace"
        ))
        .help(list_unikernels(metadata))
    })
}

/// Returns the members that may be unikernels.
fn unikernels(metadata: &Metadata) -> Vec<&Package> {
    let mut members = metadata.workspace_packages();
    members.retain(|package| is_unikernel(package));
    members
}

fn is_unikernel(package: &Package) -> bool {
    uses_runtime(package) && !binaries(package).is_empty()
}

fn uses_runtime(package: &Package) -> bool {
    package.dependencies.iter().any(|name| name == RUNTIME)
}

fn list_unikernels(metadata: &Metadata) -> String {
    let unikernels = unikernels(metadata);
    let names: Vec<_> = unikernels
        .iter()
        .map(|package| format!("`{}`", package.name))
        .collect();
    if names.is_empty() {
        "there is no unikernel in this workspace; create one with `cargo mirage new NAME`".into()
    } else {
        format!("the unikernels in this workspace are {}", names.join(", "))
    }
}

/// The names of a package's binaries.
fn binaries(package: &Package) -> Vec<String> {
    let binaries = package.binaries.iter();
    binaries.map(|binary| binary.name.clone()).collect()
}

/// Chooses the binary of a package.
fn binary(package: &Package, chosen: Option<&str>) -> Result<String> {
    let binaries = binaries(package);
    let list = || format!("its binaries are `{}`", binaries.join("`, `"));
    match (chosen, &package.default_run, binaries.as_slice()) {
        (_, _, []) => Err(Failure::usage(format_args!(
            "`{}` has no binary: a unikernel has a `src/main.rs`",
            package.name
        ))),
        (Some(chosen), _, _) if binaries.iter().any(|binary| binary == chosen) => Ok(chosen.into()),
        (Some(chosen), _, _) => Err(Failure::usage(format_args!(
            "`{}` has no binary `{chosen}`",
            package.name
        ))
        .help(list())),
        (None, Some(default), _) => Ok(default.clone()),
        (None, None, [only]) => Ok(only.clone()),
        (None, None, _) => Err(Failure::usage(format_args!(
            "`{}` has several binaries",
            package.name
        ))
        .help(format_args!(
            "{}: choose one with `--bin`, or with `default-run` in its Cargo.toml",
            list()
        ))),
    }
}
