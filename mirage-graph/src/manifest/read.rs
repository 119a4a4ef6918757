//! Reads a graph from its manifest, as the tool does.

mod argument;
mod value;

use super::{
    APPLICATION, ARGUMENTS, ENV, NEEDS, STACK, THREADS, VERSION, VERSION_OF_APPLICATIONS,
    VERSION_WITH_LINKS,
};
use crate::{
    files::Root,
    graph::{
        Addressing, ConfigValue, Disk, Graph, Interface, Limits, Location, Node, NodeId, NodeKind,
        Optional, PropertyMut, Remote, SpanId, Spanned, Threads, Use,
    },
    json::{InvalidJson, Value},
    membership::{Accept, Membership},
    need::Need,
    port::Protocol,
    restart::Restart,
    target::{Driver, LogLevel, Target},
};
use alloc::{format, string::String, vec::Vec};
use value::Read;

impl Graph {
    /// Reads the graph from a manifest.
    ///
    /// # Errors
    /// Returns the reason if `text` is not a manifest, or one of another [`VERSION`].
    pub fn from_manifest(text: &str) -> Result<Self, String> {
        let manifest: Value = text
            .parse()
            .map_err(|error: InvalidJson| format!("it is not JSON: {error}"))?;
        match number(&manifest, "version")? {
            VERSION | VERSION_WITH_LINKS | VERSION_OF_APPLICATIONS => {}
            other => return Err(format!("its format version is {other}, not {VERSION}")),
        }
        let mut graph = Self {
            name: text_of(&manifest, "name")?.into(),
            targets: list(&manifest, "targets")?
                .iter()
                .map(|name| named(name, "target", Target::from_name))
                .collect::<Result<_, _>>()?,
            memory: None,
            stack: None,
            heap: None,
            std: manifest.get(THREADS).is_some(),
            threads: Threads::default(),
            env: Vec::new(),
            root: root(&manifest)?,
            tmp: None,
            log: named(member(&manifest, "log")?, "log level", LogLevel::from_name)?,
            membership: manifest.get(APPLICATION).map(membership).transpose()?,
            nodes: Vec::new(),
            main: Vec::new(),
            needs: list(&manifest, NEEDS)?
                .iter()
                .map(need_of)
                .collect::<Result<_, _>>()?,
            arguments: list(&manifest, ARGUMENTS)?
                .iter()
                .map(argument::read)
                .collect::<Result<_, _>>()?,
            locations: Vec::from([Location::default()]),
        };
        graph.memory = optional(&manifest, "memory", SpanId(0))?;
        graph.stack = optional(&manifest, STACK, SpanId(0))?;
        graph.heap = optional(&manifest, "heap", SpanId(0))?;
        if let Some(threads) = manifest.get(THREADS) {
            read_properties(graph.threads.properties_mut(), threads, SpanId(0))?;
            for variable in list(&manifest, ENV)? {
                let variable = variable.as_str().ok_or("a variable is not a text")?;
                graph.env.push(variable.into());
            }
        }
        graph.tmp = optional(&manifest, "tmp", SpanId(0))?;
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

    /// Adds the node that `node` describes.
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
        let name = name.as_str().ok_or("a node's name is not a text")?;
        self.iter()
            .find(|(_, node)| node.name == name)
            .map(|(id, _)| id)
            .ok_or_else(|| format!("it has no node `{name}`"))
    }
}

/// Reads the application that a unikernel is part of.
fn membership(application: &Value) -> Result<Membership, String> {
    let names = |value: &Value, name| {
        let name_of = |value: &Value| value.as_str().map(String::from);
        let names = list(value, name)?.iter().map(name_of);
        let names: Option<Vec<_>> = names.collect();
        names.ok_or_else(|| format!("a name in `{name}` is not a text"))
    };
    let accepts = list(application, "accepts")?.iter().map(|accept| {
        Ok::<_, String>(Accept {
            port: text_of(accept, "port")?.into(),
            clients: names(accept, "clients")?,
        })
    });
    Ok(Membership {
        application: text_of(application, "name")?.into(),
        identity: text_of(application, "identity")?.into(),
        unikernels: names(application, "unikernels")?,
        restart: named(
            member(application, "restart")?,
            "restart",
            Restart::from_name,
        )?,
        accepts: accepts.collect::<Result<_, _>>()?,
    })
}

/// Reads the directory of files. A program without std has none.
fn root(manifest: &Value) -> Result<Option<Spanned<Root>>, String> {
    let Some(root) = manifest.get("root") else {
        return Ok(None);
    };
    let value = Root {
        path: text_of(root, "path")?.into(),
        files: number(root, "files")?,
        bytes: number(root, "bytes")?,
    };
    Ok(Some(Spanned::new(value, SpanId(0))))
}

fn need_of(value: &Value) -> Result<Need<String>, String> {
    Ok(Need::new(
        text_of(value, "what")?.into(),
        number(value, "bytes")?,
    ))
}

fn kind(name: &str, config: &Value, span: SpanId) -> Result<NodeKind, String> {
    if let Some(protocol) = protocol(name) {
        let mut limits = Limits::default();
        read_properties(limits.properties_mut(), config, span)?;
        return Ok(NodeKind::Port(
            protocol,
            required(config, "port", span)?,
            limits,
        ));
    }
    Ok(match name {
        "console" => NodeKind::Console,
        "clock" => NodeKind::Clock,
        "random" => NodeKind::Random,
        "custom" => NodeKind::Custom(text_of(config, "written")?.into()),
        "arguments" => NodeKind::Arguments(text_of(config, "written")?.into()),
        "block" => {
            let mut disk = Disk {
                driver: driver(config, span)?,
                size: None,
            };
            read_properties(disk.properties_mut(), config, span)?;
            NodeKind::Disk(disk)
        }
        "net" => {
            let address = required::<Addressing>(config, "ip", span)?;
            let mut interface = Interface::new(driver(config, span)?, address);
            read_properties(interface.properties_mut(), config, span)?;
            NodeKind::Interface(interface)
        }
        "remote" => {
            let address = text_of(config, "address")?;
            NodeKind::Remote(Remote {
                to: text_of(config, "to")?.into(),
                protocol: named(member(config, "protocol")?, "protocol", protocol)?,
                address: address
                    .parse()
                    .map_err(|_| format!("`{address}` is not an address and a port"))?,
            })
        }
        other => return Err(format!("it has a node of the unknown kind `{other}`")),
    })
}

fn protocol(name: &str) -> Option<Protocol> {
    let protocols = [Protocol::Tcp, Protocol::Udp, Protocol::Both];
    protocols.into_iter().find(|each| each.name() == name)
}

fn driver(config: &Value, span: SpanId) -> Result<Spanned<Driver>, String> {
    let value = named(member(config, "driver")?, "driver", Driver::from_name)?;
    Ok(Spanned { value, span })
}

fn required<T: Read>(config: &Value, name: &str, span: SpanId) -> Result<Spanned<T>, String> {
    let value = T::read(member(config, name)?)?;
    Ok(Spanned { value, span })
}

/// Reads a member that may be `null` or absent.
fn optional<T>(config: &Value, name: &str, span: SpanId) -> Result<Optional<T>, String>
where
    ConfigValue<T>: Read,
{
    match config.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(_) => required(config, name, span).map(Some),
    }
}

fn read_properties<'a>(
    properties: impl Iterator<Item = (&'static str, PropertyMut<'a>)>,
    config: &Value,
    span: SpanId,
) -> Result<(), String> {
    for (name, property) in properties {
        match property {
            PropertyMut::Number(field) => *field = optional(config, name, span)?,
            PropertyMut::Size(field) => *field = optional(config, name, span)?,
            PropertyMut::Address(field) => *field = optional(config, name, span)?,
            PropertyMut::MacAddress(field) => *field = optional(config, name, span)?,
            PropertyMut::ConflictDetection(field) => *field = optional(config, name, span)?,
            PropertyMut::NameServers(field) => *field = optional(config, name, span)?,
            PropertyMut::Ipv6Interface(field) => *field = optional(config, name, span)?,
            PropertyMut::Ipv6Address(field) => *field = optional(config, name, span)?,
            PropertyMut::Congestion(field) => *field = optional(config, name, span)?,
            PropertyMut::Ecn(field) => *field = optional(config, name, span)?,
        }
    }
    Ok(())
}

fn member<'a>(value: &'a Value, name: &str) -> Result<&'a Value, String> {
    value
        .get(name)
        .ok_or_else(|| format!("`{name}` is missing"))
}

fn text_of<'a>(value: &'a Value, name: &str) -> Result<&'a str, String> {
    let text = member(value, name)?.as_str();
    text.ok_or_else(|| format!("`{name}` is not a text"))
}

fn number(value: &Value, name: &str) -> Result<u64, String> {
    let number = member(value, name)?.as_u64();
    number.ok_or_else(|| format!("`{name}` is not a number"))
}

fn list<'a>(value: &'a Value, name: &str) -> Result<&'a [Value], String> {
    let list = member(value, name)?.as_list();
    list.ok_or_else(|| format!("`{name}` is not a list"))
}

fn named<T>(value: &Value, what: &str, find: fn(&str) -> Option<T>) -> Result<T, String> {
    let name = value
        .as_str()
        .ok_or_else(|| format!("a {what} is not a text"))?;
    find(name).ok_or_else(|| format!("it has the unknown {what} `{name}`"))
}

#[cfg(test)]
mod tests;
