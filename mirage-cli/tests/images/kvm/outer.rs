//! The outer guest, as the host sees it.

use super::{case::MachineCase, cases, guest, initramfs, kernel, kernel::Kernel, vmm, vmm::Vmm};
use crate::harness::Running;
use libtest_mimic::{Completion, Failed};
use serde_json::Value;
use std::{
    fs, panic,
    path::PathBuf,
    process::Command,
    sync::{Arc, OnceLock},
    thread,
    time::Duration,
};
use tempfile::TempDir;

/// How long a test waits for its result. Others run before it.
const LIMIT: Duration = Duration::from_secs(1500);
/// The last lines of the guest's console that a failure shows.
const LINES: usize = 60;

/// The outer guest. It starts when the first result is requested, and ends with this value.
pub struct Outer {
    kernel: Option<Kernel>,
    selected: Vec<MachineCase>,
    guest: OnceLock<Result<Guest, String>>,
}

struct Guest {
    running: Running,
    console: PathBuf,
    _folder: TempDir,
}

impl Outer {
    /// Creates the guest for the tests that are selected by their names.
    pub fn new(selects: impl Fn(&str) -> bool) -> Self {
        let kernel = kernel::find();
        let selected = cases().filter(|case| selects(&case.name()));
        Self {
            selected: selected.filter(|case| is_there(case.vmm)).collect(),
            kernel,
            guest: OnceLock::new(),
        }
    }

    /// Starts the guest in the background, if a test is selected.
    pub fn start(self: &Arc<Self>) {
        if self.kernel.is_some() && !self.selected.is_empty() {
            let outer = Arc::clone(self);
            thread::spawn(move || {
                outer.guest();
            });
        }
    }

    /// Waits for the result of a test.
    pub fn completion(&self, case: MachineCase) -> Result<Completion, Failed> {
        if self.kernel.is_none() {
            let why = "no kernel with kvm-amd: `cargo mirage test --install` unpacks one";
            return Ok(Completion::ignored_with(why));
        }
        if !is_there(case.vmm) {
            let program = case.vmm.program();
            let why = format!("no `{program}` in the PATH");
            return Ok(Completion::ignored_with(why));
        }
        let guest = self.guest().as_ref()?;
        let name = case.name();
        let result = guest.running.find(LIMIT, |line| result(line, &name));
        match result {
            Some(Ok(())) => Ok(Completion::Completed),
            Some(Err(message)) => Err(format!("{message}\n{}", guest.printed(&name)).into()),
            None => Err(format!("no result:\n{}", guest.printed("")).into()),
        }
    }

    fn guest(&self) -> &Result<Guest, String> {
        self.guest.get_or_init(|| {
            let kernel = self.kernel.as_ref().ok_or("no kernel")?;
            // A test may fail to build.
            let booted = panic::catch_unwind(|| Guest::boot(kernel, &self.selected));
            let booted = booted.map_err(|_| "see the panic above")?;
            booted.map_err(|cause| cause.to_string())
        })
    }
}

fn is_there(vmm: Vmm) -> bool {
    vmm::path_of(vmm.program()).is_some()
}

/// Returns the result of the test `name`, if `line` is it.
fn result(line: &str, name: &str) -> Option<Result<(), String>> {
    let event: Value = serde_json::from_str(line).ok()?;
    if event["name"] != name {
        return None;
    }
    match event["event"].as_str()? {
        "ok" => Some(Ok(())),
        "failed" => Some(Err(event["stdout"].as_str().unwrap_or_default().into())),
        _ => None,
    }
}

impl Guest {
    fn boot(kernel: &Kernel, cases: &[MachineCase]) -> std::io::Result<Self> {
        let folder = tempfile::tempdir()?;
        let archive = folder.path().join("initramfs");
        let console = folder.path().join("console");
        initramfs::write(&archive, kernel, cases, folder.path())?;
        let path = initramfs::path();
        let mut command = Command::new(Vmm::Q35.program());
        command.args(["-machine", "q35", "-accel", "tcg", "-cpu", "max,+svm"]);
        command.args(["-m", "1024", "-smp", "1", "-display", "none"]);
        command.args(["-nodefaults", "-no-user-config", "-no-reboot"]);
        // Results on the first port, the kernel's messages on the second.
        command.args(["-serial", "stdio", "-serial"]);
        command.arg(format!("file:{}", console.display()));
        command.arg("-kernel").arg(&kernel.image);
        command.arg("-initrd").arg(archive);
        // The kernel makes the last an environment variable.
        command.arg("-append").arg(format!(
            "console=ttyS1 quiet panic=-1 mitigations=off PATH={path}"
        ));
        Ok(Self {
            running: Running::spawn(&mut command),
            console,
            _folder: folder,
        })
    }

    /// Returns what the kernel and the test `name` have printed, or if it has not run, the end of what all
    /// have printed.
    fn printed(&self, name: &str) -> String {
        let text = fs::read(&self.console).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let by_test = text.split_once(&guest::announcement(name));
        let text = by_test.map_or(&*text, |(_, after)| {
            after.split(guest::ANNOUNCEMENT).next().unwrap_or(after)
        });
        let lines: Vec<_> = text.lines().collect();
        let last = &lines[lines.len().saturating_sub(LINES)..];
        format!("printed in the outer guest:\n{}", last.join("\n"))
    }
}
