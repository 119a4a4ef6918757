//! Applications of several unikernels: their images, which must fit together.

mod network;

pub use network::{Interface, Network};

use crate::{
    arguments::{DEV, IsProgramOf, PackageOptions, Profile, RELEASE},
    boot_arguments::{self, BootArguments},
    compile::{self, Image},
    failure::{Failure, Result},
    package::Unikernel,
};
use mirage_graph::{
    application::OUTSIDE,
    graph::{Graph, Node, NodeKind, Remote},
    membership::Membership,
    target::Target,
};
use std::{ffi::OsString, path::PathBuf};

/// How an application is built.
pub struct BuildOptions<'a> {
    /// The package with the unikernels, and how cargo builds it.
    pub package: &'a PackageOptions,
    /// The profile.
    pub profile: &'a Profile,
    /// The target of a program, which may be the unikernel of a name.
    pub target: &'a dyn Fn(&IsProgramOf<'_>) -> Target,
    /// Boot arguments, each with the name of its unikernel; `None` if they are not booted.
    pub args: Option<&'a [(String, String)]>,
}

/// An application whose images are built.
pub struct Application {
    /// Its name.
    pub name: String,
    /// Its unikernels, in the order in which they are started: each after those that it connects to.
    pub members: Vec<Member>,
}

/// A unikernel of an application.
pub struct Member {
    /// The program's source, for messages.
    source: PathBuf,
    /// Its image.
    pub image: Image,
    /// What the image states about the plan.
    pub membership: Membership,
    /// The boot arguments.
    pub args: Vec<String>,
}

impl Member {
    /// Its name in the plan.
    pub fn name(&self) -> &str {
        &self.graph().name
    }

    /// Its graph.
    pub fn graph(&self) -> &Graph {
        &self.image.graph
    }

    /// Whether everyone outside may use a port.
    pub fn is_open(&self, port: &str) -> bool {
        let mut accepts = self.membership.accepts.iter();
        let accept = accepts.find(|accept| accept.port == port);
        accept.is_some_and(|accept| accept.clients.iter().any(|client| client == OUTSIDE))
    }

    /// Whether links from the outside come by an interface, by its position: it has a gateway, or no interface has one.
    pub fn is_outer(&self, interface: usize) -> bool {
        let interfaces: Vec<_> = self.graph().interfaces().collect();
        let has_gateway = |interface: usize| interfaces[interface].1.gateway.is_some();
        has_gateway(interface) || !(0..interfaces.len()).any(has_gateway)
    }

    /// Its links: the nodes that they are, and what they lead to.
    pub fn remotes(&self) -> impl Iterator<Item = (&Node, &Remote)> {
        self.graph()
            .nodes
            .iter()
            .filter_map(|node| match &node.kind {
                NodeKind::Remote(remote) => Some((node, remote)),
                _ => None,
            })
    }
}

impl Application {
    /// Builds the unikernels that the options name, and those that their plan has beside them.
    pub fn build(options: &BuildOptions<'_>) -> Result<Self> {
        let mut members = Vec::new();
        for unikernel in Unikernel::find_all(options.package, false)? {
            members.extend(member(&unikernel, options)?);
        }
        let Some(first) = members.first() else {
            return Err(
                Failure::usage("the package has no unikernel of an application").help(
                    "`application!` defines one; `cargo mirage run` runs a unikernel without it",
                ),
            );
        };
        let plan = first.membership.clone();
        let mut missing = plan.unikernels.clone();
        missing.retain(|name| !members.iter().any(|member| member.name() == name));
        if !missing.is_empty() {
            for unikernel in Unikernel::find_all(&options.package.of_workspace(), true)? {
                let program = unikernel.crate_name();
                let is_missing = missing.iter().any(|name| is_program_of(&program, name));
                if !is_missing || !unikernel.is_planned() {
                    continue;
                }
                // Another application may have unikernels of the same names.
                let found = member(&unikernel, options)?;
                let of_plan = |it: &Member| it.membership.application == plan.application;
                members.extend(found.filter(of_plan));
            }
        }
        check(&plan, &members)?;
        Ok(Self {
            name: plan.application,
            members: in_order(members),
        })
    }

    /// The position of a unikernel.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.members.iter().position(|member| member.name() == name)
    }

    /// A failure because there is no unikernel of this name.
    pub fn unknown(&self, name: &str) -> Failure {
        let names: Vec<_> = self.members.iter().map(Member::name).collect();
        Failure::usage(format_args!("`{}` has no unikernel `{name}`", self.name))
            .help(format_args!("it has {}", names.join(", ")))
    }
}

/// Builds a unikernel. `None` if it is in no plan.
fn member(unikernel: &Unikernel, options: &BuildOptions<'_>) -> Result<Option<Member>> {
    let target = (options.target)(&|name| is_program_of(&unikernel.crate_name(), name));
    let profile = options.profile.name(match target {
        Target::Unix => DEV,
        _ => RELEASE,
    });
    let mut image = compile::compile(unikernel, options.package, profile, target)?;
    let Some(membership) = image.graph.membership.clone() else {
        return Ok(None);
    };
    let mut args = Vec::new();
    if let Some(given) = options.args {
        (args, image.graph) = parse(&image, given)?;
    }
    boot_arguments::request_ports(&mut args);
    Ok(Some(Member {
        source: unikernel.source().into(),
        image,
        membership,
        args,
    }))
}

/// Whether a program may be a unikernel of this name: `db`, or `shop_db`.
fn is_program_of(program: &str, name: &str) -> bool {
    let before = program.strip_suffix(name);
    before.is_some_and(|before| before.is_empty() || before.ends_with('_'))
}

/// Reads the boot arguments of a unikernel. Returns them, and its graph with their values.
fn parse(image: &Image, given: &[(String, String)]) -> Result<(Vec<String>, Graph)> {
    let name = &image.graph.name;
    let given = given.iter().filter(|(unikernel, _)| unikernel == name);
    let given: Vec<OsString> = given.map(|(_, arg)| arg.into()).collect();
    let parsed = boot_arguments::parse(&image.graph, image.target, &given).map_err(|failure| {
        failure.help(format_args!(
            "arguments of `{name}` are written behind `--`: `{name}:--ARGUMENT=VALUE`"
        ))
    })?;
    match parsed {
        BootArguments::Run(args, graph) => Ok((args, *graph)),
        BootArguments::Help(help) => Err(Failure::usage(format_args!(
            "`--help` of `{name}` runs no application"
        ))
        .help(help.trim_end())),
    }
}

/// Checks that the images are those of one plan, and that none is missing.
fn check(plan: &Membership, members: &[Member]) -> Result<()> {
    for (index, member) in members.iter().enumerate() {
        let name = member.name();
        let stated = &member.membership;
        if stated.application != plan.application {
            let message = format_args!(
                "`{}` is part of `{}`, and `{name}` of `{}`",
                members[0].name(),
                plan.application,
                stated.application
            );
            return Err(Failure::usage(message).help("name the package of one application"));
        }
        if stated.identity != plan.identity {
            return Err(Failure::new(format_args!(
                "`{name}` was built from another plan of `{}` than `{}`",
                plan.application,
                members[0].name()
            ))
            .help("their packages depend on different versions of the plan"));
        }
        if members[..index].iter().any(|other| other.name() == name) {
            let mut same = members.iter().filter(|other| other.name() == name);
            let mut next = || same.next().map(|other| other.source.display().to_string());
            let (first, second) = (next().unwrap_or_default(), next().unwrap_or_default());
            return Err(Failure::usage(format_args!("two programs are `{name}`"))
                .help(format_args!("they are {first} and {second}")));
        }
    }
    let is_there = |name: &String| members.iter().any(|member| member.name() == name);
    match plan.unikernels.iter().find(|name| !is_there(name)) {
        None => Ok(()),
        Some(name) => Err(Failure::new(format_args!(
            "no program is `{name}` of `{}`",
            plan.application
        ))
        .help(format_args!(
            "write `mirage_rt::image!(…::main);` in `src/bin/{name}.rs`, or name its package with `-p`"
        ))),
    }
}

/// Puts each unikernel behind those that it connects to. In a cycle, the plan's order decides.
fn in_order(members: Vec<Member>) -> Vec<Member> {
    let mut order = Vec::new();
    for index in 0..members.len() {
        visit(index, &members, &mut Vec::new(), &mut order);
    }
    let mut members: Vec<_> = members.into_iter().map(Some).collect();
    let in_order = order.iter().filter_map(|index| members[*index].take());
    in_order.collect()
}

fn visit(index: usize, members: &[Member], path: &mut Vec<usize>, order: &mut Vec<usize>) {
    if order.contains(&index) || path.contains(&index) {
        return;
    }
    path.push(index);
    for (_, remote) in members[index].remotes() {
        let server = server(remote);
        let servers = members
            .iter()
            .position(|member| Some(member.name()) == server);
        if let Some(server) = servers {
            visit(server, members, path, order);
        }
    }
    path.pop();
    order.push(index);
}

/// The name of the unikernel that a link leads to: `api` of `api.rpc`.
pub(crate) fn server(remote: &Remote) -> Option<&str> {
    // An address outside has a port behind a colon.
    let is_outside = remote.to.contains(':');
    let (unikernel, _) = remote.to.split_once('.').filter(|_| !is_outside)?;
    Some(unikernel)
}
