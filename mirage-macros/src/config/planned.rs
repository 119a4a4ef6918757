//! The configuration of a unikernel in a plan: items of the plan, and its own.

use super::{Config, image, interface, read_items};
use crate::{context::Context, planned::Planned, syntax};
use mirage_graph::{
    application::PlanError,
    graph::{self, SpanId},
};
use proc_macro2::{Ident, TokenStream};
use syn::ext::IdentExt;

/// What a unikernel is part of.
pub(crate) struct Membership {
    pub(crate) application: String,
    /// Its name in the plan.
    pub(crate) unikernel: String,
    /// The path in the attribute.
    pub(crate) path: SpanId,
}

/// A link to another unikernel, or to the outside.
pub(crate) struct Remote {
    /// The node's name.
    pub(crate) name: Ident,
    pub(crate) remote: graph::Remote,
    /// The interface by which it leads, by position.
    pub(crate) interface: usize,
}

/// Reads the attribute of a unikernel whose network, ports and disks follow from a plan.
pub(crate) fn read_planned(
    planned: &Planned,
    attribute: TokenStream,
    context: &mut Context,
) -> Config {
    let mut items = syntax::items(planned.items.clone(), "key = value", context);
    let errors = context.diagnostics().len();
    let own = syntax::items(attribute, "key = value", context);
    let is_incomplete = context.diagnostics().len() > errors;
    for item in own {
        if is_of_plan(&item.name()) {
            context.error(PlanError::InPlan(item.name()), item.written_key());
        } else {
            items.push(item);
        }
    }
    let mut config = read_items(&items, is_incomplete, context);
    config.planned(planned, context);
    config
}

/// Whether a key is one that follows from a plan.
fn is_of_plan(key: &str) -> bool {
    let mut devices = image::DEVICES.iter().map(|other| other.name);
    let mut interface = interface::KEYS[1..].iter().map(|other| other.name);
    key == "name" || devices.any(|other| other == key) || interface.any(|other| other == key)
}

impl Config {
    /// Adds what follows from the plan and has no syntax in the attribute.
    fn planned(&mut self, planned: &Planned, context: &mut Context) {
        self.membership = Some(Membership {
            application: planned.application.clone(),
            unikernel: planned.unikernel.clone(),
            path: context.spans.span_id(&planned.path),
        });
        for port in &mut self.ports {
            let name = port.name.unraw().to_string();
            let mut openings = planned.openings.iter();
            let opening = openings.find(|opening| opening.port == name);
            port.interfaces = opening.map(|opening| opening.interfaces.clone());
        }
        let links = planned.links.iter();
        self.remotes = links
            .map(|link| Remote {
                name: link.name.clone(),
                remote: link.remote.clone(),
                interface: link.interface,
            })
            .collect();
    }
}
