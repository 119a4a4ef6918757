//! The graph as JSON, which the image carries in a note so that the tool knows what it needs.

mod piece;
mod value;

use crate::{
    argument,
    graph::{
        Addressing, ConfigValue, Disk, Graph, Interface, Kind, Limits, Location, Node, NodeId,
        SpanId, Spanned, Use,
    },
    json::{Value, object},
    need::Need,
    port::Protocol,
    target::{Driver, LogLevel, Target},
};
use alloc::{format, string::String, vec::Vec};
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

    /// The graph of a manifest.
    ///
    /// # Errors
    /// It is not one, or one of a form that this version does not know; the text says which.
    pub fn from_manifest(text: &str) -> Result<Self, String> {
        let manifest = Value::parse(text).ok_or("it is not JSON")?;
        match number(&manifest, "version")? {
            VERSION => {}
            other => return Err(format!("its format version is {other}, not {VERSION}")),
        }
        let mut graph = Self {
            name: text_of(&manifest, "name")?.into(),
            targets: list(&manifest, "targets")?
                .iter()
                .map(|name| named(name, "target", Target::named))
                .collect::<Result<_, _>>()?,
            memory: None,
            stack: None,
            heap: None,
            log: named(member(&manifest, "log")?, "log level", LogLevel::named)?,
            nodes: Vec::new(),
            main: Vec::new(),
            needs: list(&manifest, NEEDS)?
                .iter()
                .map(need_of)
                .collect::<Result<_, _>>()?,
            arguments: list(&manifest, ARGUMENTS)?
                .iter()
                .map(argument::from_value)
                .collect::<Result<_, _>>()?,
            locations: Vec::from([Location::default()]),
        };
        graph.memory = optional(&manifest, "memory", SpanId(0))?;
        graph.stack = optional(&manifest, "stack", SpanId(0))?;
        graph.heap = optional(&manifest, "heap", SpanId(0))?;
        for node in list(&manifest, "nodes")? {
            graph.read(node)?;
        }
        for name in list(&manifest, "main")? {
            let node = graph.find(name)?;
            graph.main.push(Use {
                node,
                span: SpanId(0),
            });
        }
        Ok(graph)
    }

    /// Adds the node that is written so.
    fn read(&mut self, node: &Value) -> Result<(), String> {
        let at = member(node, "at")?;
        let narrow = |name| number(at, name).map(|value| value.try_into().unwrap_or(u32::MAX));
        self.locations.push(Location {
            file: text_of(at, "file")?.into(),
            line: narrow("line")?,
            column: narrow("column")?,
        });
        let span = SpanId(self.locations.len() - 1);
        let on = list(node, "on")?.iter().map(|name| {
            let node = self.find(name)?;
            Ok::<_, String>(Use { node, span })
        });
        self.nodes.push(Node {
            name: text_of(node, "name")?.into(),
            kind: kind(text_of(node, "kind")?, member(node, "config")?, span)?,
            on: on.collect::<Result<_, _>>()?,
            span,
        });
        Ok(())
    }

    fn find(&self, name: &Value) -> Result<NodeId, String> {
        let name = name.text().ok_or("a node's name is not a text")?;
        self.iter()
            .find(|(_, node)| node.name == name)
            .map(|(id, _)| id)
            .ok_or_else(|| format!("it has no node `{name}`"))
    }
}

fn configuration(kind: &Kind) -> Value {
    match kind {
        Kind::Console | Kind::Clock | Kind::Random => object([]),
        Kind::Custom(written) | Kind::Arguments(written) => {
            object([("written", written.as_str().into())])
        }
        Kind::Port(_, port, limits) => port_configuration(*port, limits),
        Kind::Disk(disk) => object([
            ("driver", disk.driver.value.name().into()),
            ("size", written(disk.size)),
        ]),
        Kind::Interface(interface) => object([
            ("driver", interface.driver.value.name().into()),
            ("ip", interface.address.value.written()),
            ("gateway", written(interface.gateway)),
            ("mac", written(interface.mac)),
            ("mtu", written(interface.mtu)),
        ]),
    }
}

/// The number of a port and those limits that it has.
fn port_configuration(port: Spanned<ConfigValue<u16>>, limits: &Limits) -> Value {
    let members = [
        ("port", port.value.written()),
        ("connections", written(limits.connections)),
        ("datagrams", written(limits.datagrams)),
        ("receive", written(limits.receive)),
        ("transmit", written(limits.transmit)),
    ];
    let said = members
        .into_iter()
        .filter(|(_, value)| *value != Value::Null);
    Value::Object(said.map(|(name, value)| (name.into(), value)).collect())
}

fn need(need: &Need<String>) -> Value {
    object([
        ("what", need.what.as_str().into()),
        ("bytes", need.bytes.into()),
    ])
}

fn need_of(value: &Value) -> Result<Need<String>, String> {
    Ok(Need::new(
        text_of(value, "what")?.into(),
        number(value, "bytes")?,
    ))
}

/// A value that may be absent.
fn written<T: Written>(value: Option<Spanned<T>>) -> Value {
    value.map_or(Value::Null, |value| value.value.written())
}

fn kind(name: &str, config: &Value, span: SpanId) -> Result<Kind, String> {
    let protocols = [Protocol::Tcp, Protocol::Udp, Protocol::Both];
    let protocol = protocols.into_iter().find(|each| each.name() == name);
    if let Some(protocol) = protocol {
        let limits = Limits {
            connections: limit(config, "connections", span)?,
            datagrams: limit(config, "datagrams", span)?,
            receive: limit(config, "receive", span)?,
            transmit: limit(config, "transmit", span)?,
        };
        return Ok(Kind::Port(
            protocol,
            required(config, "port", span)?,
            limits,
        ));
    }
    Ok(match name {
        "console" => Kind::Console,
        "clock" => Kind::Clock,
        "random" => Kind::Random,
        "custom" => Kind::Custom(text_of(config, "written")?.into()),
        "arguments" => Kind::Arguments(text_of(config, "written")?.into()),
        "block" => Kind::Disk(Disk {
            driver: driver(config, span)?,
            size: optional(config, "size", span)?,
        }),
        "net" => Kind::Interface(Interface {
            driver: driver(config, span)?,
            address: required::<Addressing>(config, "ip", span)?,
            gateway: optional(config, "gateway", span)?,
            mac: optional(config, "mac", span)?,
            mtu: optional(config, "mtu", span)?,
        }),
        other => return Err(format!("it has a node of the unknown kind `{other}`")),
    })
}

fn driver(config: &Value, span: SpanId) -> Result<Spanned<Driver>, String> {
    let value = named(member(config, "driver")?, "driver", Driver::named)?;
    Ok(Spanned { value, span })
}

fn required<T: Written>(config: &Value, name: &str, span: SpanId) -> Result<Spanned<T>, String> {
    let value = T::read(member(config, name)?)?;
    Ok(Spanned { value, span })
}

fn optional<T: Written>(
    config: &Value,
    name: &str,
    span: SpanId,
) -> Result<Option<Spanned<T>>, String> {
    match member(config, name)? {
        Value::Null => Ok(None),
        _ => required(config, name, span).map(Some),
    }
}

/// A limit of a port, if it has it.
fn limit<T: Written>(
    config: &Value,
    name: &str,
    span: SpanId,
) -> Result<Option<Spanned<T>>, String> {
    match config.get(name) {
        None => Ok(None),
        Some(_) => required(config, name, span).map(Some),
    }
}

fn member<'a>(value: &'a Value, name: &str) -> Result<&'a Value, String> {
    value
        .get(name)
        .ok_or_else(|| format!("`{name}` is missing"))
}

fn text_of<'a>(value: &'a Value, name: &str) -> Result<&'a str, String> {
    let text = member(value, name)?.text();
    text.ok_or_else(|| format!("`{name}` is not a text"))
}

fn number(value: &Value, name: &str) -> Result<u64, String> {
    let number = member(value, name)?.number();
    number.ok_or_else(|| format!("`{name}` is not a number"))
}

fn list<'a>(value: &'a Value, name: &str) -> Result<&'a [Value], String> {
    let list = member(value, name)?.list();
    list.ok_or_else(|| format!("`{name}` is not a list"))
}

fn named<T>(value: &Value, what: &str, find: fn(&str) -> Option<T>) -> Result<T, String> {
    let name = value
        .text()
        .ok_or_else(|| format!("a {what} is not a text"))?;
    find(name).ok_or_else(|| format!("it has the unknown {what} `{name}`"))
}

#[cfg(test)]
mod tests;
