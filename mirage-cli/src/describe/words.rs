//! A node in words, for every picture.

use crate::{manifest::Node, ports::Forward};
use serde_json::Value;

/// Kind and driver: `net by virtio`, `tcp`.
pub fn kind(node: &Node) -> String {
    match &node.driver {
        Some(driver) => format!("{} by {driver}", node.kind),
        None => node.kind.clone(),
    }
}

/// What was said of the node, a phrase for each: `10.0.0.2/24`, `mtu 1400`.
pub fn configuration(node: &Node) -> Vec<String> {
    let prefix = node.config.get("prefix");
    let known = node.config.iter().filter(|(key, value)| {
        // It goes with the address.
        *key != "prefix" && !value.is_null()
    });
    known
        .map(|(key, value)| match (key.as_str(), prefix) {
            ("address", Some(prefix)) => format!("{}/{prefix}", word(value)),
            _ => format!("{key} {}", word(value)),
        })
        .collect()
}

/// Where the port of a node is reached while it is developed.
pub fn reached(node: &Node) -> Option<String> {
    let guest = node.config.get("port")?.as_u64()?.try_into().ok()?;
    Some(format!("at 127.0.0.1:{}", Forward::to(guest, &[]).host))
}

fn word(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// An amount of memory, in the largest unit that divides it.
pub fn bytes(count: u64) -> String {
    let unit = [(30, "GiB"), (20, "MiB"), (10, "KiB")]
        .into_iter()
        .find(|(shift, _)| count > 0 && count.is_multiple_of(1 << shift));
    match unit {
        Some((shift, unit)) => format!("{} {unit}", count >> shift),
        None => format!("{count} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::tests::example;

    #[test]
    fn a_node_is_named_by_kind_driver_and_configuration() {
        let manifest = example();
        let net = &manifest.nodes[0];
        assert_eq!(kind(net), "net by virtio");
        assert_eq!(
            configuration(net),
            [
                "10.0.0.2/24",
                "gateway 10.0.0.1",
                "mac 02:00:00:00:00:01",
                "mtu 1400"
            ]
        );
        assert_eq!(reached(net), None);
        let web = &manifest.nodes[1];
        assert_eq!(
            (kind(web), configuration(web)),
            ("tcp".into(), vec!["port 80".into()])
        );
        assert_eq!(reached(web).as_deref(), Some("at 127.0.0.1:8080"));
    }

    #[test]
    fn memory_is_given_in_its_unit() {
        assert_eq!(bytes(16 << 20), "16 MiB");
        assert_eq!(bytes(3 << 30), "3 GiB");
        assert_eq!(bytes(1025), "1025 bytes");
        assert_eq!(bytes(0), "0 bytes");
    }
}
