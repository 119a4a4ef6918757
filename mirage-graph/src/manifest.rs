//! The manifest: the graph as JSON, in a note of the image, from which the tool knows what to attach.

mod piece;
mod read;
mod value;

use crate::{
    argument,
    files::Root,
    graph::{self, Graph, Node, NodeKind, Optional, Property},
    json::{Value, object},
    membership::Membership,
    need::Need,
};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
pub use piece::{Piece, bytes, length};
use value::ToJson;

/// The version of the manifest's format. A reader refuses other versions.
pub const VERSION: u64 = 4;

/// The version for a unikernel without a plan that has links. They are nodes, which readers of [`VERSION`] do not know.
pub const VERSION_WITH_LINKS: u64 = 5;

/// The version for a unikernel that is part of an application.
pub const VERSION_OF_APPLICATIONS: u64 = 6;

/// The application that a unikernel is part of.
const APPLICATION: &str = "application";

/// The members that only constant evaluation knows.
pub const NEEDS: &str = "needs";
/// See [`NEEDS`].
pub const ARGUMENTS: &str = "arguments";

/// The stack of the main thread of a program with std, or of a program without it.
pub const STACK: &str = "stack";
/// The threads of a program with std. Others do not have the member.
pub const THREADS: &str = "threads";
/// The environment of a program with std.
pub const ENV: &str = "env";

/// The note's owner.
pub const NOTE_OWNER: &str = "mirage";

/// The note's type.
pub const NOTE_TYPE: u32 = 1;

/// The environment variable with the file to which the attribute writes its expansion for the tool.
pub const EXPANSION_VARIABLE: &str = "MIRAGE_EXPAND";

impl Graph {
    /// The manifest of this graph.
    pub fn manifest(&self) -> Value {
        let nodes = self.nodes.iter().map(|node| self.node_member(node));
        let targets = self.targets.iter().map(|target| target.name());
        let parameters = self.main.iter();
        let main = parameters.map(|parameter| self.node(parameter.node).name.as_str());
        let is_remote = |node: &Node| matches!(node.kind, NodeKind::Remote(_));
        let version = match self.membership {
            Some(_) => VERSION_OF_APPLICATIONS,
            None if self.nodes.iter().any(is_remote) => VERSION_WITH_LINKS,
            None => VERSION,
        };
        let manifest = object([
            ("version", version.into()),
            ("name", self.name.as_str().into()),
            ("targets", targets.collect::<Vec<_>>().into()),
            ("memory", size(self.memory)),
            (STACK, size(self.stack)),
            ("heap", size(self.heap)),
            ("log", self.log.name().into()),
            ("nodes", Value::List(nodes.collect())),
            ("main", main.collect::<Vec<_>>().into()),
            (NEEDS, Value::List(self.needs.iter().map(need).collect())),
            (
                ARGUMENTS,
                Value::List(self.arguments.iter().map(argument::to_json).collect()),
            ),
        ]);
        let membership = self.membership.iter();
        let manifest = manifest
            .followed_by(membership.map(|membership| (APPLICATION, of_application(membership))));
        if !self.std {
            return manifest;
        }
        let threads = object([]).followed_by(self.threads.properties().map(member));
        let env: Vec<_> = self.env.iter().map(String::as_str).collect();
        let root = self
            .root
            .iter()
            .map(|root| ("root", self::root(&root.value)));
        let tmp = self.tmp.iter().map(|tmp| ("tmp", tmp.value.to_json()));
        let process = [(THREADS, threads), (ENV, env.into())];
        manifest.followed_by(process.into_iter().chain(root).chain(tmp))
    }

    fn node_member(&self, node: &Node) -> Value {
        let location = &self.locations[node.span.0];
        let on = node
            .on
            .iter()
            .map(|used| self.node(used.node).name.as_str());
        object([
            ("name", node.name.as_str().into()),
            ("kind", node.kind.name().into()),
            ("config", configuration(&node.kind)),
            ("on", on.collect::<Vec<_>>().into()),
            (
                "at",
                object([
                    ("file", location.file.as_str().into()),
                    ("line", u64::from(location.line).into()),
                    ("column", u64::from(location.column).into()),
                ]),
            ),
        ])
    }
}

fn of_application(membership: &Membership) -> Value {
    let names = |names: &[String]| names.iter().map(String::as_str).collect::<Vec<_>>().into();
    let accepts = membership.accepts.iter().map(|accept| {
        object([
            ("port", accept.port.as_str().into()),
            ("clients", names(&accept.clients)),
        ])
    });
    let restart = membership.restart.name();
    object([
        ("name", membership.application.as_str().into()),
        ("identity", membership.identity.as_str().into()),
        ("unikernels", names(&membership.unikernels)),
        ("restart", restart.into()),
        ("accepts", Value::List(accepts.collect())),
    ])
}

fn root(root: &Root) -> Value {
    object([
        ("path", root.path.as_str().into()),
        ("files", root.files.into()),
        ("bytes", root.bytes.into()),
    ])
}

fn configuration(kind: &NodeKind) -> Value {
    match kind {
        NodeKind::Console | NodeKind::Clock | NodeKind::Random => object([]),
        NodeKind::Custom(written) | NodeKind::Arguments(written) => {
            object([("written", written.as_str().into())])
        }
        NodeKind::Port(_, port, limits) => {
            // A port has a few of the limits; absent ones are omitted.
            let declared = limits.properties().filter(|(_, value)| value.is_some());
            object([("port", port.value.to_json())]).followed_by(declared.map(member))
        }
        NodeKind::Disk(disk) => object([("driver", disk.driver.value.name().into())])
            .followed_by(disk.properties().map(member)),
        NodeKind::Remote(remote) => object([
            ("to", remote.to.as_str().into()),
            ("protocol", remote.protocol.name().into()),
            ("address", remote.address.to_string().as_str().into()),
        ]),
        NodeKind::Interface(interface) => object([
            ("driver", interface.driver.value.name().into()),
            ("ip", interface.address.value.to_json()),
        ])
        .followed_by({
            // Images without it stay as they are.
            let is_listed = |(name, value): &(&str, Option<Property>)| {
                !matches!(*name, graph::DNS | graph::IP6 | graph::GATEWAY6) || value.is_some()
            };
            interface.properties().filter(is_listed).map(member)
        }),
    }
}

fn member((name, property): (&str, Option<Property>)) -> (&str, Value) {
    let value = property.map_or(Value::Null, |property| match property {
        Property::Number(value) => value.to_json(),
        Property::Size(value) => value.to_json(),
        Property::Address(value) => value.to_json(),
        Property::MacAddress(value) => value.to_json(),
        Property::ConflictDetection(value) => value.to_json(),
        Property::Congestion(value) => value.to_json(),
        Property::Ecn(value) => value.to_json(),
        Property::NameServers(value) => value.to_json(),
        Property::Ipv6Interface(value) => value.to_json(),
        Property::Ipv6Address(value) => value.to_json(),
    });
    (name, value)
}

fn need(need: &Need<String>) -> Value {
    object([
        ("what", need.what.as_str().into()),
        ("bytes", need.bytes.into()),
    ])
}

fn size(value: Optional<u64>) -> Value {
    value.map_or(Value::Null, |value| value.value.to_json())
}
