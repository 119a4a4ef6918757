//! The command line of a machine.

use super::{book, case::MachineCase, taps::TAPS, vmm::Vmm};
use crate::harness::Line;
use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

/// A command line, and the files that it names.
pub struct PreparedLine {
    /// The command line.
    pub line: Line,
    /// The files, at their paths on the host.
    pub files: Vec<PathBuf>,
}

/// Builds the image of `case` and returns the command line that runs it. Other files that it names are
/// created in `folder`.
pub fn prepare(case: MachineCase, folder: &Path) -> PreparedLine {
    let disk = case.case.disk.map(|size| {
        let path = folder.join(case.file_name()).with_extension("disk");
        let file = File::create(&path).expect("a file");
        file.set_len(size).expect("a file that can grow");
        path
    });
    let line = printed(case, disk.as_deref());
    let mut files: Vec<_> = disk.iter().cloned().collect();
    let image = match case.vmm {
        Vmm::Hvt => line
            .arguments()
            .iter()
            .find(|word| word.ends_with(".image"))
            .cloned(),
        _ => line.values("-kernel").next().map(str::to_owned),
    };
    let image = image.expect("an image");
    files.push(image.clone().into());
    let line = match case.vmm {
        Vmm::Q35 | Vmm::Microvm => line.with("tcg", "kvm"),
        Vmm::Hvt => line,
        Vmm::Firecracker => {
            let configuration = folder.join(case.file_name()).with_extension("json");
            let text = book::firecracker(&image, case.case, disk.as_deref());
            fs::write(&configuration, text).expect("a file");
            let name = configuration.to_string_lossy().into_owned();
            files.push(configuration);
            Line::new(["firecracker", "--no-api", "--config-file", &name])
        }
        Vmm::CloudHypervisor => book::cloud_hypervisor(&image, case.case, disk.as_deref()),
    };
    PreparedLine { line, files }
}

/// Returns the line that the tool prints.
fn printed(case: MachineCase, disk: Option<&Path>) -> Line {
    let mut options = Vec::new();
    if let Some(disk) = disk {
        options.extend(["--block".into(), format!("file={}", disk.display())]);
    }
    if case.vmm == Vmm::Hvt {
        for (interface, tap) in case.case.interfaces.iter().zip(TAPS) {
            options.extend(["--net".into(), format!("{interface}:tap={tap}")]);
        }
    }
    options.push("--".into());
    options.extend(case.case.args.iter().map(|&arg| arg.to_owned()));
    let options: Vec<_> = options.iter().map(String::as_str).collect();
    Line::for_package(case.case.package, case.vmm.runner(), &options)
}
