//! Each name denotes one thing.

use super::{Application, report::Report};
use crate::{diagnostic::DiagnosticKind, graph::Spanned};
use alloc::{collections::BTreeMap, string::String};

/// Each name denotes one thing: networks and unikernels in the plan, and nodes in a unikernel.
pub(super) fn check(application: &Application, report: &mut Report) {
    let networks = application.networks.iter().map(|network| &network.name);
    unique(networks, report);
    let unikernels = application.unikernels.iter().map(|member| &member.name);
    unique(unikernels, report);
    for member in &application.unikernels {
        let interfaces = member.interfaces.iter().map(|interface| &interface.network);
        let ports = member.ports.iter().map(|port| &port.name);
        let nodes = interfaces.chain(ports).chain(&member.disks);
        unique(nodes, report);
    }
}

fn unique<'a>(names: impl Iterator<Item = &'a Spanned<String>>, report: &mut Report) {
    let mut first = BTreeMap::new();
    for Spanned { value, span } in names {
        let earlier = *first.entry(value).or_insert(*span);
        if earlier != *span {
            let kind = DiagnosticKind::DuplicateName(value.clone());
            report.conflict(kind, *span, (earlier, "the other is"));
        }
    }
}
