//! The dependencies of a unikernel, with the features that cargo enables when it builds this package alone.
//!
//! The metadata of a workspace has the features of all members together, so that a package could have those of
//! another.

use crate::{
    arguments::PackageOptions,
    cargo,
    failure::{Context, Failure, Result},
    package::{RUNTIME, Unikernel},
};
use mirage_graph::target::Target;

/// The feature of the runtime that a program with std enables.
const STD: &str = "std";

/// Crates with C code that calls functions with variable arguments, which stable Rust cannot define.
const REFUSED: [&str; 2] = ["aws-lc-sys", "aws-lc-fips-sys"];

/// What separates the fields of a line.
const SEPARATOR: char = '|';

/// A package, at its first place in the tree.
#[derive(Debug, PartialEq, Eq)]
struct Dependency {
    name: String,
    /// What depends on it, from the unikernel on.
    users: Vec<String>,
    features: Vec<String>,
}

/// Returns whether a unikernel has std in an image of `target`.
///
/// # Errors
/// Returns a failure if it has std, and a dependency that cannot be a part of an image.
pub fn has_std(unikernel: &Unikernel, options: &PackageOptions, target: Target) -> Result<bool> {
    // Most workspaces have no such program, for which cargo need not be asked.
    if !unikernel.enables(RUNTIME, STD) {
        return Ok(false);
    }
    let dependencies = read(unikernel, options, target)?;
    let has_std = dependencies
        .iter()
        .any(|dependency| dependency.name == RUNTIME && dependency.features.contains(&STD.into()));
    match has_std.then(|| refused(&dependencies)).flatten() {
        Some(failure) => Err(failure),
        None => Ok(has_std),
    }
}

/// Asks cargo.
fn read(
    unikernel: &Unikernel,
    options: &PackageOptions,
    target: Target,
) -> Result<Vec<Dependency>> {
    let mut cargo = cargo::with_features("tree", options);
    if let Some(arch) = target.arch() {
        cargo.args(["--target", arch.rust_target()]);
    }
    let output = cargo
        .args(["--edges", "normal", "--prefix", "depth"])
        .args(["--format", "|{p}|{f}"])
        .arg("--manifest-path")
        .arg(unikernel.manifest())
        .args(["--package", unikernel.id()])
        .output()
        .context("failed to start cargo")?;
    if !output.status.success() {
        let error = String::from_utf8_lossy(&output.stderr);
        let error = error.trim().trim_start_matches("error: ");
        return Err(Failure::new(error));
    }
    Ok(parse(&String::from_utf8_lossy(&output.stdout)))
}

/// Parses lines `DEPTH|NAME VERSION|FEATURE,FEATURE`. A package that was listed before has ` (*)` at its end.
fn parse(tree: &str) -> Vec<Dependency> {
    let mut path: Vec<String> = Vec::new();
    let lines = tree.lines().filter_map(|line| {
        let mut fields = line.split(SEPARATOR);
        let depth: usize = fields.next()?.parse().ok()?;
        let name = fields.next()?.split(' ').next()?;
        let features = fields.next()?.trim_end_matches("(*)").trim();
        path.truncate(depth);
        let dependency = Dependency {
            name: name.into(),
            users: path.clone(),
            features: features.split(',').map(String::from).collect(),
        };
        path.push(name.into());
        Some(dependency)
    });
    lines.collect()
}

/// Explains that a dependency cannot be a part of an image.
fn refused(dependencies: &[Dependency]) -> Option<Failure> {
    let mut all = dependencies.iter();
    let found = all.find(|dependency| REFUSED.contains(&&*dependency.name))?;
    let users = found.users.get(1..).unwrap_or_default();
    let through = match users {
        [] => "a dependency".into(),
        users => format!("`{}`", users.join("` -> `")),
    };
    Some(
        Failure::new(format_args!(
            "`{}` cannot be a part of an image: it calls functions of C with variable arguments",
            found.name
        ))
        .help(format_args!(
            "{through} uses it; rustls works with `ring`: `rustls = {{ default-features = false, features = [\"ring\", …] }}`, and likewise `tokio-rustls`, `hyper-rustls` and `reqwest`"
        )),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arguments::package_options;
    use std::{fs, path::Path};

    #[test]
    fn lines_of_cargo_are_dependencies() {
        let tree = "\
0|app v0.1.0 (/work/app)|
1|mirage-rt v0.1.0 (/work/rt)|default,std
2|log v0.4.0|
1|rustls v0.23.0|aws_lc_rs
2|aws-lc-rs v1.0.0|
3|aws-lc-sys v0.30.0|
1|log v0.4.0| (*)
";
        let dependencies = parse(tree);
        assert_eq!(dependencies.len(), 7);
        assert_eq!(dependencies[1].features, ["default", "std"]);
        assert_eq!(dependencies[5].users, ["app", "rustls", "aws-lc-rs"]);
        assert_eq!(dependencies[6].users, ["app"]);
        let failure = refused(&dependencies)
            .expect("aws-lc is refused")
            .to_string();
        assert!(failure.contains("`aws-lc-sys` cannot"), "{failure}");
        assert!(
            failure.contains("`rustls` -> `aws-lc-rs` uses"),
            "{failure}"
        );
        assert!(refused(&dependencies[..3]).is_none());
    }

    fn write(directory: &Path, file: &str, text: &str) {
        let path = directory.join(file);
        fs::create_dir_all(path.parent().expect("a directory")).expect("a directory");
        fs::write(path, text).expect("a file");
    }

    /// A workspace whose members enable the feature in every way, or do not.
    fn workspace(directory: &Path) {
        let package = |name: &str, rest: &str| {
            let text = format!("[package]\nname = \"{name}\"\nedition = \"2024\"\n{rest}");
            write(directory, &format!("{name}/Cargo.toml"), &text);
            write(directory, &format!("{name}/src/main.rs"), "fn main() {}");
            write(directory, &format!("{name}/src/lib.rs"), "");
        };
        let members = "members = [\"*\"]\nexclude = [\"target\"]\nresolver = \"3\"";
        let runtime = "mirage-rt = { path = \"mirage-rt\" }";
        let text = format!("[workspace]\n{members}\n[workspace.dependencies]\n{runtime}\n");
        write(directory, "Cargo.toml", &text);
        package(RUNTIME, "[features]\nstd = []\n");
        let with = |value: &str| format!("[dependencies]\nmirage-rt = {value}\n");
        package(
            "declared",
            &with("{ path = \"../mirage-rt\", features = [\"std\"] }"),
        );
        package(
            "inherited",
            &with("{ workspace = true, features = [\"std\"] }"),
        );
        let renamed =
            "rt = { package = \"mirage-rt\", path = \"../mirage-rt\", features = [\"std\"] }";
        package("renamed", &format!("[dependencies]\n{renamed}\n"));
        let optional = "[features]\nwhole = [\"mirage-rt/std\"]\n";
        package("optional", &(with("{ workspace = true }") + optional));
        package("without", &with("{ workspace = true }"));
        let through = "declared = { path = \"../declared\" }\n";
        package("through", &(with("{ workspace = true }") + through));
    }

    #[test]
    fn the_feature_is_found_however_it_is_enabled() {
        let directory = tempfile::tempdir().expect("a directory");
        workspace(directory.path());
        let manifest = directory.path().join("Cargo.toml");
        let has_std = |package: &str, options: &[&str]| {
            let manifest = manifest.to_str().expect("a path of text");
            let line = [package, "--offline", "--manifest-path", manifest];
            let options = package_options(&[&line, options].concat());
            let options = options.expect("a command line");
            let unikernel = Unikernel::find(&options).expect(package);
            super::has_std(&unikernel, &options, Target::Spt).expect(package)
        };
        for package in ["declared", "inherited", "renamed", "through"] {
            assert!(has_std(package, &[]), "{package}");
        }
        assert!(has_std("optional", &["--features", "whole"]));
        // Other members of the workspace have it.
        assert!(!has_std("optional", &[]));
        assert!(!has_std("without", &[]));
    }
}
