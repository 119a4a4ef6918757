//! What urunc learns about a unikernel. It runs those of the type `mirage` as MirageOS's: one interface, which
//! is `service`, one disk, which is `storage`, and the address of the interface as boot arguments.

use crate::failure::{Failure, Result};
use base64::{Engine, engine::general_purpose::STANDARD};
use mirage_graph::{
    argument::{IPV4, standard::IPV4_GATEWAY},
    diagnostic::MAX_NAME_LEN,
    graph::{Graph, Interface},
    json::Value,
    target::Target,
};

/// The directory of the image in the container.
pub const DIRECTORY: &str = "unikernel";
/// The file that urunc reads where annotations do not reach it.
pub const METADATA: &str = "urunc.json";

/// A container with a unikernel.
pub struct Container {
    name: String,
    /// The path of the image, without the leading slash.
    pub binary: String,
    hypervisor: &'static str,
    /// The path of the file that is the disk, if the unikernel has one.
    disk: Option<String>,
}

impl Container {
    /// The container of the unikernel of `graph`.
    ///
    /// # Errors
    /// Returns a failure if the unikernel does not work as urunc starts it.
    pub fn new(graph: &Graph, target: Target) -> Result<Self> {
        let hypervisor = match target {
            Target::Spt => "spt",
            Target::Hvt => "hvt",
            Target::Virtio => "qemu",
            Target::Unix => return Err(Failure::usage("a process is not an image")),
        };
        check(graph)?;
        let name = graph.name.clone();
        let mut disks = graph.disks().map(|(node, _)| &graph.node(node).name);
        Ok(Self {
            binary: format!("{DIRECTORY}/{name}"),
            disk: disks.next().map(|node| format!("/{DIRECTORY}/{node}.disk")),
            name,
            hypervisor,
        })
    }

    /// The container's command, which is also the first boot argument.
    pub fn command(&self) -> String {
        format!("/{}", self.binary)
    }

    /// The name of the image in a registry: lower-case letters and digits, with single hyphens between them.
    pub fn repository(&self) -> String {
        let words = self.name.split(['-', '_']).filter(|word| !word.is_empty());
        match words.collect::<Vec<_>>().join("-").to_lowercase() {
            name if name.is_empty() => DIRECTORY.into(),
            name => name,
        }
    }

    /// The annotations.
    pub fn annotations(&self) -> impl Iterator<Item = (String, String)> {
        let disk = self.disk.iter();
        // As urunc attaches a root file system, which is the disk that MirageOS's unikernels have.
        let disk = disk.flat_map(|path| [("block", path.clone()), ("blkMntPoint", "/".into())]);
        let all = [
            ("unikernelType", "mirage".into()),
            ("hypervisor", self.hypervisor.into()),
            ("binary", self.command()),
            ("cmdline", self.command()),
            // The container's root file system is no disk of the unikernel. Releases differ in the key.
            ("useDMBlock", "false".into()),
            ("mountRootfs", "false".into()),
        ];
        all.into_iter()
            .chain(disk)
            .map(|(key, value)| (format!("com.urunc.unikernel.{key}"), value))
    }

    /// The contents of [`METADATA`]: the annotations, with values in Base64.
    pub fn metadata(&self) -> String {
        let annotations = self.annotations();
        let encoded = annotations.map(|(key, value)| (key, Value::Text(STANDARD.encode(value))));
        Value::Object(encoded.collect()).to_string()
    }
}

/// Refuses a unikernel that urunc starts with other devices or other arguments than it has.
fn check(graph: &Graph) -> Result<()> {
    let name = graph.name.as_str();
    let is_valid = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    // The name of a package may be another.
    if !(1..=MAX_NAME_LEN).contains(&name.len()) || !name.bytes().all(is_valid) {
        return Err(Failure::usage(format_args!(
            "`{name}` cannot be the name of a file in a container"
        ))
        .help("choose another with `name = \"…\"`"));
    }
    let interfaces = graph.interfaces().count();
    let disks = graph.disks().count();
    for (count, what) in [(interfaces, "network interface"), (disks, "disk")] {
        if count > 1 {
            return Err(Failure::usage(format_args!(
                "urunc attaches one {what}, but `{name}` has {count}"
            )));
        }
    }
    let at_boot = |interface: &Interface| {
        let gateway = interface.gateway;
        interface.address.value.configured().is_at_boot()
            && gateway.is_some_and(|gateway| gateway.value.is_at_boot())
    };
    match graph
        .interfaces()
        .find(|(_, interface)| !at_boot(interface))
    {
        None => Ok(()),
        Some(_) => Err(Failure::usage(format_args!(
            "urunc passes `--{IPV4}` and `--{IPV4_GATEWAY}`, which `{name}` does not take"
        ))
        .help("declare `ip = boot` and `gateway = boot`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn container(name: &str, disk: Option<&str>) -> Container {
        Container {
            name: name.into(),
            binary: format!("{DIRECTORY}/{name}"),
            hypervisor: "spt",
            disk: disk.map(Into::into),
        }
    }

    #[test]
    fn values_of_the_metadata_are_in_base64() {
        let container = container("web", Some("/unikernel/storage.disk"));
        let metadata: Value = serde_json::from_str(&container.metadata()).expect("JSON");
        let value = |key: &str| metadata[format!("com.urunc.unikernel.{key}")].clone();
        assert_eq!(value("unikernelType"), "bWlyYWdl");
        assert_eq!(value("hypervisor"), "c3B0");
        assert_eq!(value("binary"), "L3VuaWtlcm5lbC93ZWI=");
        assert_eq!(value("useDMBlock"), "ZmFsc2U=");
        assert_eq!(value("block"), "L3VuaWtlcm5lbC9zdG9yYWdlLmRpc2s=");
        assert_eq!(value("blkMntPoint"), "Lw==");
    }

    #[test]
    fn a_repository_has_a_name_that_registries_take() {
        for (name, repository) in [
            ("web", "web"),
            ("Web_2", "web-2"),
            ("_a--b-", "a-b"),
            ("_", "unikernel"),
        ] {
            assert_eq!(container(name, None).repository(), repository);
        }
    }

    /// The graph of a unikernel with these values of its interface and these names of disks.
    fn graph(ip: &str, gateway: &str, disks: &[&str]) -> Graph {
        let example = include_str!("../manifest/example.json");
        let mut manifest: Value = serde_json::from_str(example).expect("JSON");
        let nodes = manifest["nodes"].as_array_mut().expect("nodes");
        let net = &mut nodes[3]["config"];
        net["ip"] = serde_json::from_str(ip).expect("JSON");
        net["gateway"] = serde_json::from_str(gateway).expect("JSON");
        for name in disks {
            let mut disk = nodes[0].clone();
            disk["name"] = (*name).into();
            disk["kind"] = "block".into();
            disk["config"] = serde_json::json!({ "driver": "auto", "size": null });
            nodes.push(disk);
        }
        Graph::from_manifest(&manifest.to_string()).expect("a manifest")
    }

    const BOOT: &str = r#"{"boot": null}"#;

    #[test]
    fn addresses_at_boot_may_have_defaults() {
        for (ip, gateway) in [
            (r#"{"boot": "10.0.0.2/24"}"#, r#"{"boot": "10.0.0.1"}"#),
            (r#"{"boot": "dhcp"}"#, BOOT),
        ] {
            let graph = graph(ip, gateway, &[]);
            assert!(Container::new(&graph, Target::Spt).is_ok(), "{ip}");
        }
    }

    #[test]
    fn a_disk_is_a_file_of_the_container() {
        let graph = graph(BOOT, BOOT, &["data"]);
        for (target, hypervisor) in [
            (Target::Spt, "spt"),
            (Target::Hvt, "hvt"),
            (Target::Virtio, "qemu"),
        ] {
            let container = Container::new(&graph, target).expect("it works");
            let annotations: Vec<_> = container.annotations().collect();
            let has = |key: &str, value: &str| {
                let pair = (format!("com.urunc.unikernel.{key}"), value.into());
                assert!(annotations.contains(&pair), "{annotations:?}");
            };
            has("hypervisor", hypervisor);
            has("binary", "/unikernel/gate");
            has("block", "/unikernel/data.disk");
        }
    }

    #[test]
    fn what_urunc_does_not_start_is_refused() {
        const KNOWN: &str = r#""10.0.0.2/24""#;
        let arguments = "urunc passes `--ipv4` and `--ipv4-gateway`, which `gate` does not take";
        for (graph, message) in [
            (graph(KNOWN, "null", &[]), arguments),
            (graph(BOOT, "null", &[]), arguments),
            (graph(KNOWN, BOOT, &[]), arguments),
            (
                graph(BOOT, BOOT, &["data", "log"]),
                "urunc attaches one disk, but `gate` has 2",
            ),
        ] {
            let refused = Container::new(&graph, Target::Spt).err().expect(message);
            assert!(refused.to_string().contains(message), "{refused}");
        }
        let mut named = graph(BOOT, BOOT, &[]);
        named.name = "tür".into();
        let refused = Container::new(&named, Target::Spt).err().expect("a name");
        assert!(refused.to_string().contains("`tür` cannot be"), "{refused}");
    }
}
