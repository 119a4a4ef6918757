//! The graph as JSON, which the image carries in a note so that the tool knows what it needs.

mod piece;
#[cfg(feature = "read")]
mod read;
mod value;

use crate::{
    argument,
    graph::{Graph, Kind, Node, NodeId, Optional, Property},
    json::{Value, object},
    need::Need,
};
use alloc::{string::String, vec::Vec};
pub use piece::{Piece, bytes, length};
use value::Written;

/// The version of the manifest's form. A reader refuses one that it does not know.
pub const VERSION: u64 = 4;

/// The members that only constant evaluation knows.
pub const NEEDS: &str = "needs";
/// See [`NEEDS`].
pub const ARGUMENTS: &str = "arguments";

/// The note's owner.
pub const NOTE_OWNER: &str = "mirage";

/// The note's type.
pub const NOTE_TYPE: u32 = 1;

/// The environment variable by which the tool tells the attribute in which file to leave its
/// expansion.
pub const EXPANSION_VARIABLE: &str = "MIRAGE_EXPAND";

impl Graph {
    /// The manifest of this graph.
    pub fn manifest(&self) -> Value {
        let name = |id: NodeId| Value::from(self.node(id).name.as_str());
        let nodes: Vec<_> = self.nodes.iter().map(|node| self.written(node)).collect();
        object([
            ("version", VERSION.into()),
            ("name", self.name.as_str().into()),
            (
                "targets",
                self.targets
                    .iter()
                    .map(|target| target.name())
                    .collect::<Vec<_>>()
                    .into(),
            ),
            ("memory", written(self.memory)),
            ("stack", written(self.stack)),
            ("heap", written(self.heap)),
            ("log", self.log.name().into()),
            ("nodes", nodes.into()),
            (
                "main",
                Value::List(
                    self.main
                        .iter()
                        .map(|parameter| name(parameter.node))
                        .collect(),
                ),
            ),
            (NEEDS, Value::List(self.needs.iter().map(need).collect())),
            (
                ARGUMENTS,
                Value::List(self.arguments.iter().map(argument::value).collect()),
            ),
        ])
    }

    fn written(&self, node: &Node) -> Value {
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

fn configuration(kind: &Kind) -> Value {
    match kind {
        Kind::Console | Kind::Clock | Kind::Random => object([]),
        Kind::Custom(written) | Kind::Arguments(written) => {
            object([("written", written.as_str().into())])
        }
        Kind::Port(_, port, limits) => {
            // A port has a few of the limits; absent ones are omitted.
            let declared = limits.properties().filter(|(_, value)| value.is_some());
            object([("port", port.value.written())]).followed_by(declared.map(member))
        }
        Kind::Disk(disk) => object([("driver", disk.driver.value.name().into())])
            .followed_by(disk.properties().map(member)),
        Kind::Interface(interface) => object([
            ("driver", interface.driver.value.name().into()),
            ("ip", interface.address.value.written()),
        ])
        .followed_by(interface.properties().map(member)),
    }
}

fn member((name, property): (&str, Option<Property>)) -> (&str, Value) {
    let value = property.map_or(Value::Null, |property| match property {
        Property::Number(value) => value.written(),
        Property::Size(value) => value.written(),
        Property::Address(value) => value.written(),
        Property::MacAddress(value) => value.written(),
    });
    (name, value)
}

fn need(need: &Need<String>) -> Value {
    object([
        ("what", need.what.as_str().into()),
        ("bytes", need.bytes.into()),
    ])
}

fn written(value: Optional<u64>) -> Value {
    value.map_or(Value::Null, |value| value.value.written())
}
