//! What each interface of a unikernel is attached to.

use crate::{
    arguments::{Attachment, Net},
    failure::{Failure, Result},
};
use mirage_graph::graph::{Graph, Interface};

/// An interface and its other end.
pub struct Attached<'a> {
    /// The node's name.
    pub name: &'a str,
    /// The interface.
    pub interface: &'a Interface,
    /// The other end.
    pub net: Net,
}

/// The interfaces in their order, each attached as asked, or else to the user network.
///
/// # Errors
/// What is asked for names no interface, or does not say which of several.
pub fn of_interfaces<'a>(graph: &'a Graph, asked: &[Attachment]) -> Result<Vec<Attached<'a>>> {
    let interfaces = graph.interfaces().map(|(node, interface)| Attached {
        name: graph.node(node).name.as_str(),
        interface,
        net: Net::User,
    });
    let mut interfaces: Vec<_> = interfaces.collect();
    let names: Vec<_> = interfaces.iter().map(|each| each.name).collect();
    let mut attached = Vec::new();
    for Attachment { node, net } in asked {
        let name = match (node, names.as_slice()) {
            (Some(node), _) => node.as_str(),
            // It is no interface that could be attached in another way.
            (None, []) if *net == Net::User => continue,
            (None, [only]) => only,
            (None, _) => {
                return Err(none(&names, "it is not said which interface is meant"));
            }
        };
        let Some(index) = names.iter().position(|other| *other == name) else {
            let cause = format!("the unikernel has no interface `{name}`");
            return Err(none(&names, &cause));
        };
        if attached.contains(&index) {
            return Err(Failure::usage(format_args!(
                "the interface `{name}` is attached twice"
            )));
        }
        attached.push(index);
        interfaces[index].net = net.clone();
    }
    Ok(interfaces)
}

fn none(names: &[&str], cause: &str) -> Failure {
    Failure::usage(cause).help(match names {
        [] => "it declares none".into(),
        [only] => format!("there is only `{only}`"),
        several => format!(
            "it has {}: write `--net {}:tap=IFACE`",
            several.join(", "),
            several[0]
        ),
    })
}
