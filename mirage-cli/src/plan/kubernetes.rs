//! The plan as Kubernetes NetworkPolicies, in JSON, which `kubectl apply -f -` reads.
//!
//! Pods have the labels `app.kubernetes.io/part-of: APPLICATION` and `app.kubernetes.io/name: UNIKERNEL`. Their addresses
//! must be those of the plan, which the network plugin assigns.

use crate::application::{Application, Member, server};
use mirage_graph::{
    application::OUTSIDE,
    graph::NodeKind,
    json::{Value, object},
    port::Protocol,
};

const PART_OF: &str = "app.kubernetes.io/part-of";
const NAME: &str = "app.kubernetes.io/name";

/// Returns a list of policies, one for each unikernel.
pub(super) fn policies(application: &Application) -> String {
    let policies = application.members.iter();
    let policies = policies.map(|member| policy(application, member)).collect();
    let list = object([
        ("apiVersion", "v1".into()),
        ("kind", "List".into()),
        ("items", Value::List(policies)),
    ]);
    format!("{list}\n")
}

fn policy(application: &Application, member: &Member) -> Value {
    let name = format!("{}-{}", application.name, member.name()).replace('_', "-");
    let ingress = ingress(application, member);
    let egress = egress(application, member);
    let selector = pods(&application.name, member.name());
    object([
        ("apiVersion", "networking.k8s.io/v1".into()),
        ("kind", "NetworkPolicy".into()),
        (
            "metadata",
            object([("name", name.to_lowercase().as_str().into())]),
        ),
        (
            "spec",
            object([
                ("podSelector", selector),
                ("policyTypes", vec!["Ingress", "Egress"].into()),
                ("ingress", Value::List(ingress)),
                ("egress", Value::List(egress)),
            ]),
        ),
    ])
}

/// Who may connect to each port.
fn ingress(application: &Application, member: &Member) -> Vec<Value> {
    let accepts = member.membership.accepts.iter();
    let rules = accepts.filter_map(|accept| {
        let mut nodes = member.graph().nodes.iter();
        let (protocol, number) = nodes.find_map(|node| match &node.kind {
            NodeKind::Port(protocol, number, _) if node.name == accept.port => {
                Some((*protocol, number.value.get()?))
            }
            _ => None,
        })?;
        let from = accept
            .clients
            .iter()
            .flat_map(|client| match client.as_str() {
                OUTSIDE => outside(&application.name),
                client => vec![object([("podSelector", pods(&application.name, client))])],
            });
        let from: Vec<_> = from.collect();
        // Without peers, a rule would be for everyone.
        (!from.is_empty()).then(|| {
            object([
                ("from", Value::List(from)),
                ("ports", ports(protocol, number)),
            ])
        })
    });
    rules.collect()
}

/// Whom it connects to.
fn egress(application: &Application, member: &Member) -> Vec<Value> {
    let rules = member.remotes().map(|(_, remote)| {
        let to = match server(remote) {
            Some(name) => object([("podSelector", pods(&application.name, name))]),
            None => {
                let cidr = format!("{}/32", remote.address.ip());
                object([("ipBlock", object([("cidr", cidr.as_str().into())]))])
            }
        };
        object([
            ("to", Value::List(vec![to])),
            ("ports", ports(remote.protocol, remote.address.port())),
        ])
    });
    rules.collect()
}

/// The pods of a unikernel.
fn pods(application: &str, unikernel: &str) -> Value {
    let labels = object([(PART_OF, application.into()), (NAME, unikernel.into())]);
    object([("matchLabels", labels)])
}

/// Everything that is no pod of the application.
fn outside(application: &str) -> Vec<Value> {
    let expression = object([
        ("key", PART_OF.into()),
        ("operator", "NotIn".into()),
        ("values", vec![application].into()),
    ]);
    let other_pods = object([("matchExpressions", Value::List(vec![expression]))]);
    vec![
        object([
            ("namespaceSelector", object([])),
            ("podSelector", other_pods),
        ]),
        object([("ipBlock", object([("cidr", "0.0.0.0/0".into())]))]),
    ]
}

fn ports(protocol: Protocol, number: u16) -> Value {
    let each = protocol.each().iter();
    let ports = each.map(|protocol| {
        object([
            ("protocol", protocol.acronym().into()),
            ("port", u64::from(number).into()),
        ])
    });
    Value::List(ports.collect())
}
