//! The configuration of a unikernel in a plan: items of the plan, and its own.

use super::{Config, image, interface, read_items};
use crate::{
    context::Context,
    membership::{Guard, Membership, Remote},
    planned::{Opening, Planned},
    syntax,
};
use mirage_graph::{
    application::PlanError,
    membership::{self, Accept},
};
use proc_macro2::TokenStream;
use syn::ext::IdentExt;

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
        let openings = planned.openings.iter();
        self.membership = Some(Membership {
            stated: membership::Membership {
                application: planned.application.clone(),
                identity: planned.identity.clone(),
                unikernels: planned.unikernels.clone(),
                restart: planned.restart,
                accepts: openings.clone().map(accept).collect(),
            },
            unikernel: planned.unikernel.clone(),
            path: context.spans.span_id(&planned.path),
        });
        self.guard = Some(Guard {
            clients: openings
                .map(|opening| {
                    let clients = opening.clients.iter().map(|(_, client)| *client);
                    (opening.port.clone(), clients.collect())
                })
                .collect(),
            members: planned.members.clone(),
            peers: Vec::new(),
            is_closed: true,
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
                interface: Some(link.interface),
            })
            .collect();
    }
}

fn accept(opening: &Opening) -> Accept {
    let clients = opening.clients.iter().map(|(name, _)| name.clone());
    Accept {
        port: opening.port.clone(),
        clients: clients.collect(),
    }
}
