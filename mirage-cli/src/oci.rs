//! `build --oci`: an image in an OCI archive, as the container runtime urunc takes it.

mod layout;
mod tar;
mod urunc;

use self::tar::Tar;
use crate::{
    arguments::Build,
    compile::Image,
    failure::{Failure, Result},
    image,
};
use mirage_graph::target::Target;
use std::path::PathBuf;

/// An archive that was written.
pub struct Archive {
    /// The file.
    pub path: PathBuf,
    /// Its length.
    pub bytes: usize,
}

/// Refuses `--oci` unless exactly one target is selected, other than `unix`.
pub fn check(arguments: &Build) -> Result<()> {
    match (arguments.oci, arguments.targets.as_slice()) {
        (false, _) => Ok(()),
        (true, [target]) if *target != Target::Unix => Ok(()),
        (true, _) => {
            let names = Target::MACHINES.map(|target| format!("`-t {}`", target.name()));
            Err(
                Failure::usage("`--oci` needs exactly one target, other than `unix`")
                    .help(format_args!("add one of {}", names.join(", "))),
            )
        }
    }
}

/// Writes the archive of `image` beside it. The same image always makes the same archive.
///
/// # Errors
/// Returns a failure if urunc could not run the unikernel, or if the file cannot be written.
pub fn write(image: &Image) -> Result<Archive> {
    let container = urunc::Container::new(&image.graph, image.target)?;
    let mut root = Tar::default();
    root.directory(urunc::DIRECTORY);
    root.file(&container.binary, &image.contents);
    root.file(urunc::METADATA, container.metadata().as_bytes());
    let contents = layout::archive(&container, root.finish());
    let path = image.path.with_extension("oci.tar");
    image::write(&path, &contents)?;
    Ok(Archive {
        path,
        bytes: contents.len(),
    })
}
