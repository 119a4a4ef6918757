//! A suite of tests: a crate that is generated and built.

use crate::{Result, boot::Program, examples, exclusions::Exclusions, sources};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// A suite.
pub struct Suite {
    name: String,
    manifest: PathBuf,
    /// What is not run.
    pub exclusions: Exclusions,
}

/// The features for which the tests are compiled.
const FEATURES: [&str; 12] = [
    "full",
    "io-util",
    "macros",
    "net",
    "os-ext",
    "os-poll",
    "process",
    "rt",
    "rt-multi-thread",
    "sync",
    "test-util",
    "time",
];

/// The entry of each suite. The attribute is that of images only: as a process, the program is an ordinary one.
const ENTRY: &str = r#"
#[cfg(feature = "unikernel")]
#[derive(mirage_rt::Args)]
struct Arguments {
    /// The test to run
    #[arg(default = "")]
    test: String,
}

#[cfg(feature = "unikernel")]
#[mirage_rt::unikernel(args = Arguments, threads(stack = "128KiB", max = 64))]
fn main(args: Arguments) {
    harness::main(&args.test);
}

#[cfg(not(feature = "unikernel"))]
fn main() {
    let argument = std::env::args().nth(1).unwrap_or_default();
    harness::main(argument.strip_prefix("--test=").unwrap_or_default());
}
"#;

impl Suite {
    /// Generates the crate of the suite with this name.
    pub fn new(name: &str) -> Result<Self> {
        let exclusions = Exclusions::read(name)?;
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let folder = root.join("target/suites").join(name);
        fs::create_dir_all(folder.join("src"))?;
        let (edition, dependencies, modules) = match name {
            "tokio" => (
                2021,
                sources::TOKIO_DEPENDENCIES.into(),
                sources::tokio(&exclusions)?,
            ),
            "mio" => (
                2021,
                sources::mio_dependencies()?,
                sources::mio(&exclusions)?,
            ),
            "std" => (2024, String::new(), examples::std(&exclusions)?),
            _ => return Err(format!("no suite `{name}`").into()),
        };
        let names = FEATURES.iter().map(|name| format!("{name:?}"));
        let names = names.collect::<Vec<_>>().join(", ");
        let features = FEATURES.iter().map(|name| format!("{name} = []\n"));
        let features = format!(
            "default = [{names}, \"unikernel\"]\nunikernel = [\"dep:mirage-rt\"]\n{}",
            features.collect::<String>()
        );
        let manifest = folder.join("Cargo.toml");
        let text = format!(
            "[package]\nname = \"suite-{name}\"\nversion = \"0.1.0\"\nedition = \"{edition}\"\npublish = false\n\n\
             [workspace]\n\n[features]\n{features}\n[profile.release]\npanic = \"abort\"\ndebug = \"line-tables-only\"\n\n\
             [dependencies]\n\
             mirage-rt = {{ path = \"../../../../../mirage-rt\", features = [\"std\"], optional = true }}\n\
             harness = {{ path = \"../../../harness\" }}\n{dependencies}"
        );
        write(&manifest, &text)?;
        write(&folder.join("src/main.rs"), &format!("{modules}{ENTRY}"))?;
        Ok(Self {
            name: name.into(),
            manifest,
            exclusions,
        })
    }

    /// Builds the suite for `spt`, or for this host.
    pub fn build(&self, native: bool) -> Result<Program> {
        let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/built");
        if native {
            let mut cargo = Command::new("cargo");
            cargo
                .args([
                    "build",
                    "--release",
                    "--no-default-features",
                    "--manifest-path",
                ])
                .arg(&self.manifest)
                .args(["--features", &FEATURES.join(",")]);
            run(cargo.env("CARGO_TARGET_DIR", &target))?;
            let path = target.join("release").join(format!("suite-{}", self.name));
            return Ok(Program { path, tender: None });
        }
        let tool = PathBuf::from(env::var_os("CARGO_MIRAGE").unwrap_or("cargo-mirage".into()));
        let mut build = Command::new(&tool);
        build
            .args([
                "mirage",
                "build",
                "--target",
                "spt",
                "--message-format",
                "json",
            ])
            .arg("--manifest-path")
            .arg(&self.manifest);
        let printed = run(build.env("CARGO_TARGET_DIR", &target))?;
        let path = printed
            .split("\"path\":\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next());
        let path = path.ok_or_else(|| format!("no image in {printed}"))?.into();
        Ok(Program {
            path,
            tender: Some(tool),
        })
    }
}

/// Writes a file, unless it has these contents.
pub fn write(path: &Path, text: &str) -> Result<()> {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    fs::write(path, text)?;
    Ok(())
}

/// Runs a command, and returns what it prints.
pub fn run(command: &mut Command) -> Result<String> {
    let output = command.stderr(std::process::Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(format!("{command:?}: {}", output.status).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}
