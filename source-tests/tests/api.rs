//! The public API of the runtime is the same on every target, and a program uses all of it.

use proc_macro2::{TokenStream, TokenTree};
use source_tests::{
    cfg::{self, Cfg},
    rustdoc::{self, Api},
    workspace,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    fmt::Write,
    fs,
    process::Command,
};

/// The module of users' tests, which run on the host.
const TEST: &str = "test/";

#[test]
fn the_public_api_is_the_same_on_every_target() {
    let [unix, images @ ..] = cfg::ALL.map(|cfg| (name(cfg), document(cfg)));
    let mut differences = String::new();
    for image in images {
        for (has, lacks) in [(&unix, &image), (&image, &unix)] {
            for line in declarations(&has.1).difference(&declarations(&lacks.1)) {
                let _ = writeln!(differences, "on {}, not on {}: {line}", has.0, lacks.0);
            }
        }
    }
    assert!(differences.is_empty(), "\n{differences}");
}

/// Every declaration of the API, with its page.
fn declarations(api: &Api) -> BTreeSet<String> {
    let pages = api
        .iter()
        .filter(|(name, page)| !name.starts_with(TEST) && !page.is_std);
    let lines = pages.flat_map(|(name, page)| {
        let declarations = page.declarations.iter();
        let declarations = declarations.filter(|declaration| is_stable(declaration));
        declarations.map(move |declaration| format!("{name}: {declaration}"))
    });
    let lines = lines.collect::<BTreeSet<_>>();
    assert!(lines.len() > 500, "the pages cannot be read");
    lines
}

/// Whether users can depend on a declaration. They cannot on `Freeze`, which no stable code names,
/// and unwinding, since a panic ends the machine. The module `test` is in the list of modules.
fn is_stable(declaration: &str) -> bool {
    let unstable = ["Freeze for", "UnwindSafe for"];
    declaration != "test" && !unstable.iter().any(|name| declaration.contains(name))
}

fn name(cfg: Cfg) -> &'static str {
    cfg.mirage_target.unwrap_or("unix")
}

/// Runs rustdoc for a target. Dependencies are checked with the flags and in the directory of
/// `.ci/run`'s lints, so that this happens once; each target has a directory for its pages.
fn document(cfg: Cfg) -> Api {
    let target = workspace::directory().join("target");
    let pages = target.join("mirage/api").join(name(cfg));
    let build = match cfg.mirage_target {
        None => target,
        Some(_) => target.join("mirage/lints"),
    };
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or("cargo".into()));
    cargo
        .args([
            "doc",
            "--quiet",
            "--package",
            "mirage-rt",
            "--all-features",
            "--no-deps",
        ])
        .args(["--locked", "--target-dir"])
        .arg(&pages)
        .args(["--config", &format!("build.build-dir={build:?}")])
        .current_dir(workspace::directory());
    let mut pages = pages;
    if let Some(mirage_target) = cfg.mirage_target {
        const TRIPLE: &str = "x86_64-unknown-linux-gnu";
        let cfg = format!("mirage_target=\"{mirage_target}\"");
        let rustdoc = ["--cfg", "mirage_target", "--cfg", &cfg];
        let rustc = [&rustdoc[..], &["-Cpanic=abort"]].concat();
        cargo
            .args(["--config", &format!("build.rustflags={rustc:?}")])
            .args(["--config", &format!("build.rustdocflags={rustdoc:?}")]);
        cargo.args(["--target", TRIPLE]);
        pages.push(TRIPLE);
    }
    let status = cargo.status().expect("cargo runs");
    assert!(status.success(), "no documentation for {}", name(cfg));
    rustdoc::read(&pages.join("doc/mirage_rt"))
}

/// Items that only the attribute and the derive generate.
const EXPANSION: &str = "graph/";

/// The entry of a unikernel of a plan. A program has one, and this one is without a plan.
const ENTRY: &str = "image";

/// What is used in a module that has no page.
const PLANS: (&str, &str) = ("application", "plan.rs");

#[test]
fn a_program_uses_every_item() {
    let program = workspace::directory().join("mirage-cli/tests/guests/public-api/src");
    let mut missing = String::new();
    for ((module, name), declared) in names(&document(cfg::ALL[0])) {
        if (module.as_str(), name.as_str()) == ("", ENTRY) {
            continue;
        }
        let file = match program.join(&module).with_extension("rs") {
            file if file.exists() => file,
            _ if name == PLANS.0 => program.join(PLANS.1),
            _ => program.join("main.rs"),
        };
        let text = fs::read_to_string(file).expect("a file of the program");
        let used = identifiers(text.parse().expect("Rust"))
            .filter(|identifier| *identifier == name)
            .count();
        if used < declared {
            let _ = writeln!(missing, "{module}: {name}: {used} of {declared}");
        }
    }
    assert!(missing.is_empty(), "\n{missing}");
}

/// The names that the API declares, and how often, by module; those of the root have none.
fn names(api: &Api) -> BTreeMap<(String, String), usize> {
    let mut names = BTreeMap::new();
    for (path, page) in api {
        let skipped = [EXPANSION, TEST];
        // A page without a kind, such as `index`, is a list of others.
        let Some((_, name)) = path.rsplit('/').next().unwrap_or(path).split_once('.') else {
            continue;
        };
        if page.is_std || skipped.into_iter().any(|module| path.starts_with(module)) {
            continue;
        }
        let module = path.split_once('/').map_or("", |(module, _)| module);
        // The name of a tuple's field is a number.
        let members = page.members.iter().map(String::as_str);
        let members = members.filter(|name| !name.starts_with(|first: char| first.is_numeric()));
        for name in members.chain([name]) {
            *names
                .entry((module.to_string(), name.to_string()))
                .or_default() += 1;
        }
    }
    names
}

fn identifiers(tokens: TokenStream) -> impl Iterator<Item = String> {
    let identifiers = tokens.into_iter().flat_map(|token| match token {
        TokenTree::Ident(name) => vec![name.to_string()],
        TokenTree::Group(group) => identifiers(group.stream()).collect(),
        _ => Vec::new(),
    });
    identifiers.collect::<Vec<_>>().into_iter()
}
