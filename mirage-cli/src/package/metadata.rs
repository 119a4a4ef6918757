//! What `cargo metadata` says about a workspace, as far as it is needed.

use crate::{
    arguments::PackageOptions,
    cargo,
    failure::{Context, FAILED, Failure, Result},
};
use mirage_graph::json::Value;
use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// A workspace with its dependencies.
#[derive(Clone, Debug)]
pub struct Metadata {
    /// The directory of the workspace.
    pub workspace_root: PathBuf,
    /// The directory for what is compiled.
    pub target_directory: PathBuf,
    /// All packages.
    pub packages: Vec<Package>,
    /// The specifications of the members, of those that are selected by default, and of the package of the current
    /// directory.
    members: Vec<String>,
    default_members: Vec<String>,
    root: Option<String>,
    /// The features of each package that a member of the workspace enables, by the package's specification.
    features: Vec<(String, Vec<String>)>,
}

/// A package.
#[derive(Clone, Debug)]
pub struct Package {
    /// Its package ID specification.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its `Cargo.toml`.
    pub manifest_path: PathBuf,
    /// The binary that `cargo run` chooses.
    pub default_run: Option<String>,
    /// The packages that it depends on, by name.
    pub dependencies: Vec<String>,
    /// Its programs.
    pub binaries: Vec<Binary>,
}

/// A program of a package.
#[derive(Clone, Debug)]
pub struct Binary {
    /// Its name.
    pub name: String,
    /// The file with the root of its crate.
    pub source: PathBuf,
}

impl Package {
    /// The directory of the package.
    pub fn folder(&self) -> &Path {
        self.manifest_path.parent().unwrap_or(Path::new("/"))
    }
}

impl Metadata {
    /// Asks cargo, which prints its progress and its errors.
    pub fn read(options: &PackageOptions) -> Result<Self> {
        let mut cargo = cargo::with_features("metadata", options);
        cargo.args(["--format-version", "1"]);
        let text = output(cargo, options)?;
        let value = text.parse().context("cargo metadata")?;
        Self::from_json(&value).ok_or_else(|| Failure::new("cargo metadata has an unknown format"))
    }

    fn from_json(value: &Value) -> Option<Self> {
        let ids = |name: &str| {
            let ids = value.get(name)?.as_list()?.iter();
            ids.map(|id| id.as_str().map(Into::into))
                .collect::<Option<_>>()
        };
        let packages = value.get("packages")?.as_list()?.iter();
        Some(Self {
            workspace_root: text(value, "workspace_root")?.into(),
            target_directory: text(value, "target_directory")?.into(),
            packages: packages.map(package).collect::<Option<_>>()?,
            members: ids("workspace_members")?,
            default_members: ids("workspace_default_members")?,
            root: value
                .get("resolve")
                .and_then(|resolve| text(resolve, "root")),
            features: value.get("resolve").and_then(features).unwrap_or_default(),
        })
    }

    /// Whether a member of the workspace enables a feature of the package `name`.
    pub fn enables(&self, name: &str, feature: &str) -> bool {
        let mut enabled = self.features.iter();
        enabled.any(|(id, features)| {
            features.iter().any(|other| other == feature)
                && self
                    .packages
                    .iter()
                    .any(|package| package.id == *id && package.name == name)
        })
    }

    /// The members of the workspace.
    pub fn workspace_packages(&self) -> Vec<&Package> {
        self.find_all(&self.members)
    }

    /// The members that are selected by default.
    pub fn workspace_default_packages(&self) -> Vec<&Package> {
        self.find_all(&self.default_members)
    }

    /// The package of the current directory or manifest, which a workspace without one of its own lacks.
    pub fn root_package(&self) -> Option<&Package> {
        self.find_all(self.root.as_slice()).pop()
    }

    fn find_all(&self, ids: &[String]) -> Vec<&Package> {
        let packages = self.packages.iter();
        packages
            .filter(|package| ids.contains(&package.id))
            .collect()
    }
}

/// Asks cargo for the specification of the package that `specification` describes.
pub fn find_id(specification: &str, options: &PackageOptions) -> Result<String> {
    let mut cargo = cargo::plain("pkgid", options);
    cargo.args(["--package", specification]);
    Ok(output(cargo, options)?.trim_end().into())
}

/// Returns what cargo prints on standard output.
fn output(mut cargo: Command, options: &PackageOptions) -> Result<String> {
    if let Some(path) = &options.manifest_path {
        cargo.arg("--manifest-path").arg(path);
    }
    let output = cargo.stderr(Stdio::inherit()).output();
    let output = output.context("failed to start cargo")?;
    if !output.status.success() {
        return Err(Failure::already_reported(FAILED));
    }
    String::from_utf8(output.stdout).context("cargo's output")
}

fn text(value: &Value, name: &str) -> Option<String> {
    value.get(name)?.as_str().map(Into::into)
}

/// The features of each package in the resolved graph.
fn features(resolve: &Value) -> Option<Vec<(String, Vec<String>)>> {
    let nodes = resolve.get("nodes")?.as_list()?.iter();
    let node = |node: &Value| {
        let features = node.get("features")?.as_list()?.iter();
        let features = features.filter_map(Value::as_str).map(Into::into);
        Some((text(node, "id")?, features.collect()))
    };
    nodes.map(node).collect()
}

fn package(value: &Value) -> Option<Package> {
    let dependencies = value.get("dependencies")?.as_list()?.iter();
    let targets = value.get("targets")?.as_list()?.iter();
    let binaries = targets.filter_map(|target| {
        let mut kinds = target.get("kind")?.as_list()?.iter();
        kinds.find(|kind| kind.as_str() == Some("bin"))?;
        Some(Binary {
            name: text(target, "name")?,
            source: text(target, "src_path")?.into(),
        })
    });
    Some(Package {
        id: text(value, "id")?,
        name: text(value, "name")?,
        manifest_path: text(value, "manifest_path")?.into(),
        default_run: text(value, "default_run"),
        dependencies: dependencies
            .filter_map(|dependency| text(dependency, "name"))
            .collect(),
        binaries: binaries.collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_read() {
        let value = r#"{
            "packages": [
                {
                    "name": "web", "id": "path+file:///w/web#0.1.0", "manifest_path": "/w/web/Cargo.toml",
                    "default_run": "one", "version": "0.1.0", "metadata": {"a": -1.5},
                    "dependencies": [{"name": "mirage-rt", "rename": "rt"}],
                    "targets": [
                        {"kind": ["lib"], "name": "web", "src_path": "/w/web/src/lib.rs"},
                        {"kind": ["bin"], "name": "one", "src_path": "/w/web/src/main.rs"}
                    ]
                },
                {
                    "name": "mirage-rt", "id": "registry+https://a#mirage-rt@0.1.0",
                    "manifest_path": "/r/Cargo.toml", "default_run": null, "dependencies": [], "targets": []
                }
            ],
            "workspace_members": ["path+file:///w/web#0.1.0"],
            "workspace_default_members": ["path+file:///w/web#0.1.0"],
            "resolve": {"nodes": [], "root": null},
            "target_directory": "/w/target", "workspace_root": "/w"
        }"#;
        let mut metadata = Metadata::from_json(&value.parse().expect("JSON")).expect("metadata");
        let [web] = metadata.workspace_packages()[..] else {
            panic!("{metadata:?}")
        };
        assert_eq!(
            (web.name.as_str(), web.default_run.as_deref()),
            ("web", Some("one"))
        );
        assert_eq!(web.dependencies, ["mirage-rt"]);
        assert_eq!(
            (web.binaries.len(), web.binaries[0].name.as_str()),
            (1, "one")
        );
        assert_eq!(metadata.workspace_default_packages().len(), 1);
        assert!(metadata.root_package().is_none());
        metadata.root = Some(metadata.packages[1].id.clone());
        assert_eq!(
            metadata.root_package().map(Package::folder),
            Some(Path::new("/r"))
        );
        assert!(Metadata::from_json(&"{}".parse().expect("JSON")).is_none());
    }
}
