//! An image of one layer in the OCI image layout, as an archive (OCI Image Format Specification 1.0.2).

use super::{tar::Tar, urunc::Container};
use hmac_sha256::Hash;
use mirage_graph::json::{Value, object};

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar";

/// The tag of the image.
const TAG: &str = "latest";

/// Contents that documents refer to by their digest.
struct Blob {
    media_type: &'static str,
    contents: Vec<u8>,
    /// SHA-256, in hexadecimal.
    digest: String,
}

impl Blob {
    fn new(media_type: &'static str, contents: Vec<u8>) -> Self {
        let digest = Hash::hash(&contents);
        Self {
            media_type,
            contents,
            digest: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
        }
    }

    fn json(media_type: &'static str, contents: &Value) -> Self {
        Self::new(media_type, contents.to_string().into_bytes())
    }

    fn digest(&self) -> String {
        format!("sha256:{}", self.digest)
    }

    /// A reference to the blob.
    fn descriptor(&self) -> Value {
        self.descriptor_with([])
    }

    fn descriptor_with<const COUNT: usize>(&self, more: [(&str, Value); COUNT]) -> Value {
        let descriptor = object([
            ("mediaType", self.media_type.into()),
            ("digest", self.digest().as_str().into()),
            ("size", (self.contents.len() as u64).into()),
        ]);
        descriptor.followed_by(more.into_iter())
    }
}

/// Returns the archive of an image whose root file system is the tar archive `root`.
pub fn archive(container: &Container, root: Vec<u8>) -> Vec<u8> {
    const EPOCH: &str = "1970-01-01T00:00:00Z";
    let layer = Blob::new(LAYER, root);
    let annotations = container
        .annotations()
        .map(|(key, value)| (key, Value::Text(value)));
    let annotations = Value::Object(annotations.collect());
    let texts = |texts: &[&str]| Value::from(texts.to_vec());
    let settings = object([
        // Not the entry point: arguments of `docker run` replace it.
        ("Cmd", texts(&[&container.command()])),
        ("WorkingDir", "/".into()),
        ("Labels", annotations.clone()),
    ]);
    let root = object([
        ("type", "layers".into()),
        ("diff_ids", texts(&[&layer.digest()])),
    ]);
    let history = object([
        ("created", EPOCH.into()),
        ("created_by", "cargo mirage build --oci".into()),
    ]);
    let config = object([
        ("created", EPOCH.into()),
        ("architecture", "amd64".into()),
        ("os", "linux".into()),
        ("config", settings),
        ("rootfs", root),
        ("history", Value::List(vec![history])),
    ]);
    let config = Blob::json(CONFIG, &config);
    let manifest = object([
        ("schemaVersion", 2.into()),
        ("mediaType", MANIFEST.into()),
        ("config", config.descriptor()),
        ("layers", Value::List(vec![layer.descriptor()])),
        ("annotations", annotations),
    ]);
    let manifest = Blob::json(MANIFEST, &manifest);
    // What containerd names the image.
    let name = format!("docker.io/library/{}:{TAG}", container.repository());
    let platform = object([("architecture", "amd64".into()), ("os", "linux".into())]);
    let names = object([
        ("org.opencontainers.image.ref.name", TAG.into()),
        ("io.containerd.image.name", name.as_str().into()),
    ]);
    let descriptor = manifest.descriptor_with([("platform", platform), ("annotations", names)]);
    let index = object([
        ("schemaVersion", 2.into()),
        (
            "mediaType",
            "application/vnd.oci.image.index.v1+json".into(),
        ),
        ("manifests", Value::List(vec![descriptor])),
    ]);
    let mut archive = Tar::default();
    archive.file("oci-layout", br#"{"imageLayoutVersion":"1.0.0"}"#);
    archive.file("index.json", index.to_string().as_bytes());
    archive.directory("blobs");
    archive.directory("blobs/sha256");
    for blob in [manifest, config, layer] {
        archive.file(&format!("blobs/sha256/{}", blob.digest), &blob.contents);
    }
    archive.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blob_is_named_by_its_digest() {
        // FIPS 180-4, example of one block.
        let blob = Blob::new(LAYER, b"abc".to_vec());
        assert_eq!(
            blob.digest(),
            "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(blob.descriptor().get("size"), Some(&Value::Number(3)));
    }
}
