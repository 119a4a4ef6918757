//! Images in OCI archives: read by the tools of containers, and run with the command lines of urunc.

use crate::harness::{build, client, namespace::Namespace, profile, tool, trial};
use base64::{Engine, engine::general_purpose::STANDARD};
use libtest_mimic::Trial;
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;

/// The tests.
pub fn list() -> Vec<Trial> {
    vec![
        trial("containers::urunc_runs_an_image_of_spt", || {
            urunc_runs("spt")
        }),
        trial("containers::urunc_runs_an_image_of_hvt", || {
            urunc_runs("hvt")
        }),
        trial("containers::urunc_runs_an_image_of_virtio", || {
            urunc_runs("virtio");
        }),
        trial(
            "containers::one_without_devices_runs",
            one_without_devices_runs,
        ),
        trial(
            "containers::the_same_image_makes_the_same_archive",
            the_same_image_makes_the_same_archive,
        ),
        trial(
            "containers::what_urunc_cannot_run_is_refused",
            what_urunc_cannot_run_is_refused,
        ),
    ]
}

/// Builds the archive of `package` and returns its path and that of the image.
fn archive(package: &str, target: &'static str) -> [PathBuf; 2] {
    build(package, target);
    let mut command = tool();
    command.args(["build", package, "--target", target, "--oci"]);
    command.args(profile(package));
    let output = client::output(command.args(["--message-format", "json"]));
    let built: Value = serde_json::from_str(&output).expect("JSON");
    ["oci", "path"].map(|key| built[key].as_str().expect("a path").into())
}

/// A container's root file system and what the runtime learns about it.
struct Unpacked {
    _folder: TempDir,
    root: PathBuf,
    metadata: Value,
    /// The arguments of its process.
    command: Vec<String>,
}

impl Unpacked {
    /// Copies and unpacks an archive as container engines do.
    fn new(archive: &Path) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        let layout = path("layout").to_string_lossy().into_owned() + ":latest";
        let from = format!("oci-archive:{}", archive.display());
        client::run(
            "skopeo",
            &["copy", "--quiet", &from, &format!("oci:{layout}")],
        );
        let mut unpack = Command::new("umoci");
        unpack.arg("unpack");
        if !rustix::process::geteuid().is_root() {
            unpack.arg("--rootless");
        }
        client::output(unpack.args(["--image", &layout]).arg(path("bundle")));
        let root = path("bundle/rootfs");
        let config = read_json(&path("bundle/config.json"));
        let command = config["process"]["args"].as_array().expect("arguments");
        let command = command.iter().map(|arg| arg.as_str().expect("text").into());
        Self {
            metadata: read_json(&root.join("urunc.json")),
            command: command.collect(),
            root,
            _folder: folder,
        }
    }

    /// Returns a value of the metadata.
    fn value(&self, key: &str) -> String {
        let value = self.metadata[format!("com.urunc.unikernel.{key}")].as_str();
        let value = STANDARD.decode(value.expect(key)).expect("Base64");
        String::from_utf8(value).expect("text")
    }

    /// Returns the path of a file of the container on this host.
    fn path(&self, key: &str) -> PathBuf {
        let value = self.value(key);
        self.root
            .join(value.strip_prefix('/').expect("an absolute path"))
    }
}

fn read_json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).expect("a file")).expect("JSON")
}

/// Returns the command line of urunc, which splits it at spaces.
fn urunc_line(container: &Unpacked, gateway: &str, arguments: &str) -> Vec<String> {
    let binary = container.path("binary").display().to_string();
    let disk = container.path("block").display().to_string();
    let command = [&container.command[..], &[arguments.into()]]
        .concat()
        .join(" ");
    let boot = format!("--ipv4=10.0.0.2/24 --ipv4-gateway={gateway} {command}");
    let tender = || {
        format!(
            "--mem=256 --net:service=tap0 --net-mac:service=52:54:00:12:34:56 \
             --block:storage={disk} {binary} {boot}"
        )
    };
    let (line, rest) = match container.value("hypervisor").as_str() {
        "spt" => {
            let tool = tool().get_program().to_string_lossy().into_owned();
            (format!("{tool} tender {}", tender()), None)
        }
        "hvt" => (format!("solo5-hvt {}", tender()), None),
        // Without KVM, which the host may not have.
        "qemu" => (
            format!(
                "qemu-system-x86_64 -m 256M -cpu max -nographic -vga none -kernel {binary} \
                 -net nic,model=virtio -net tap,script=no,downscript=no,ifname=tap0 \
                 -device virtio-blk-pci,id=blk0,drive=hd0 \
                 -drive format=raw,if=none,id=hd0,file={disk} -append"
            ),
            Some(boot),
        ),
        other => panic!("the hypervisor {other}"),
    };
    line.split(' ').map(Into::into).chain(rest).collect()
}

fn urunc_runs(target: &'static str) {
    let [archive, image] = archive("contained", target);
    let container = Unpacked::new(&archive);
    assert_eq!(container.value("unikernelType"), "mirage");
    assert_eq!(container.command, ["/unikernel/contained"]);
    let unpacked = fs::read(container.path("binary")).expect("the image");
    assert!(unpacked == fs::read(image).expect("the image"));
    let mut disk = b"disk!".to_vec();
    disk.resize(4096, 0);
    fs::write(container.path("block"), disk).expect("a file of our own");
    for gateway in ["10.0.0.1", ""] {
        let line = urunc_line(&container, gateway, "--greeting=hello");
        let namespace = Namespace::of_command(&line);
        namespace.running().wait_for("tcp port 7 is at 10.0.0.2:7");
        let ask = "exec 3<>/dev/tcp/10.0.0.2/7; head --lines 1 <&3";
        assert_eq!(namespace.output(&["bash", "-c", ask]), "hello disk!\n");
    }
}

/// As in a container without a network: urunc leaves two empty arguments then.
fn one_without_devices_runs() {
    let [archive, _] = archive("hello", "spt");
    let container = Unpacked::new(&archive);
    let binary = container.path("binary");
    let mut tender = tool();
    tender.args(["tender", "--mem=256"]).arg(binary);
    let output = client::output(tender.args(["", ""]).args(&container.command));
    assert!(output.starts_with("hello, "), "{output}");
}

fn the_same_image_makes_the_same_archive() {
    let contents = [(); 2].map(|()| {
        let [archive, _] = archive("contained", "spt");
        fs::read(&archive).expect("the archive")
    });
    assert!(contents[0] == contents[1]);
}

fn what_urunc_cannot_run_is_refused() {
    let output = tool()
        .args(["build", "http", "-t", "spt", "--oci"])
        .output();
    let output = output.expect("the tool starts");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    let message = "urunc passes `--ipv4` and `--ipv4-gateway`, which `http` does not take";
    assert!(stderr.contains(message), "{stderr}");
    assert!(output.stdout.is_empty(), "{output:?}");
}
