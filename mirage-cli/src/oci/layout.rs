//! An image of one layer in the OCI image layout, as an archive (OCI Image Format Specification 1.0.2).

use super::{tar::Tar, urunc::Container};
use hmac_sha256::Hash;
use serde_json::{Value, json};

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
        json!({
            "mediaType": self.media_type,
            "digest": self.digest(),
            "size": self.contents.len(),
        })
    }
}

/// Returns the archive of an image whose root file system is the tar archive `root`.
pub fn archive(container: &Container, root: Vec<u8>) -> Vec<u8> {
    const EPOCH: &str = "1970-01-01T00:00:00Z";
    let layer = Blob::new(LAYER, root);
    let annotations: Value = container
        .annotations()
        .map(|(key, value)| (key, value.into()))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let config = json!({
        "created": EPOCH,
        "architecture": "amd64",
        "os": "linux",
        "config": {
            // Not the entry point: arguments of `docker run` replace it.
            "Cmd": [container.command()],
            "WorkingDir": "/",
            "Labels": annotations,
        },
        "rootfs": { "type": "layers", "diff_ids": [layer.digest()] },
        "history": [{ "created": EPOCH, "created_by": "cargo mirage build --oci" }],
    });
    let config = Blob::json(CONFIG, &config);
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": config.descriptor(),
        "layers": [layer.descriptor()],
        "annotations": annotations,
    });
    let manifest = Blob::json(MANIFEST, &manifest);
    let mut descriptor = manifest.descriptor();
    descriptor["platform"] = json!({ "architecture": "amd64", "os": "linux" });
    descriptor["annotations"] = json!({
        "org.opencontainers.image.ref.name": TAG,
        // What containerd names the image.
        "io.containerd.image.name": format!("docker.io/library/{}:{TAG}", container.repository()),
    });
    let index = json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": [descriptor],
    });
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
        assert_eq!(blob.descriptor()["size"], 3);
    }
}
