//! The command lines of other VMMs, from the book's chapter on targets.

use super::{case::Case, taps::TAPS};
use crate::harness::Line;
use serde_json::{Value, json};
use std::path::Path;

const CHAPTER: &str = include_str!("../../../../docs/src/targets.md");

/// Returns Firecracker's configuration.
pub fn firecracker(image: &str, case: &Case, disk: Option<&Path>) -> String {
    let (_, text) = CHAPTER.split_once("```json\n").expect("a configuration");
    let (text, _) = text.split_once("```").expect("an end of the block");
    let mut configuration: Value = serde_json::from_str(text).expect("JSON");
    configuration["boot-source"]["kernel_image_path"] = image.into();
    configuration["boot-source"]["boot_args"] = case.args.join(" ").into();
    let model = configuration["network-interfaces"][0].take();
    let interfaces = case.interfaces.iter().zip(TAPS);
    let interfaces = interfaces.map(|(name, tap)| {
        let mut interface = model.clone();
        interface["iface_id"] = (*name).into();
        interface["host_dev_name"] = tap.into();
        interface
    });
    configuration["network-interfaces"] = interfaces.collect();
    let drives = disk.iter().map(|disk| {
        let path = disk.to_string_lossy();
        json!({ "drive_id": "disk", "path_on_host": path, "is_root_device": false })
    });
    configuration["drives"] = drives.collect();
    configuration.to_string()
}

/// Returns Cloud Hypervisor's command line.
pub fn cloud_hypervisor(image: &str, case: &Case, disk: Option<&Path>) -> Line {
    let start = CHAPTER.find("cloud-hypervisor --kernel IMAGE");
    let text = &CHAPTER[start.expect("a command line")..];
    let (text, _) = text.split_once("```").expect("an end of the block");
    // The lines that end with a backslash, and the one after them.
    let text = text.replace("\\\n", " ");
    let words = text.lines().next().unwrap_or_default().split_whitespace();
    // Devices and arguments are those of the test.
    let machine = words.take_while(|word| *word != "--net");
    let mut words: Vec<_> = machine
        .map(|word| if word == "IMAGE" { image } else { word }.to_owned())
        .collect();
    if !case.interfaces.is_empty() {
        words.push("--net".into());
        let taps = case.interfaces.iter().zip(TAPS);
        words.extend(taps.map(|(_, tap)| format!("tap={tap}")));
    }
    if let Some(disk) = disk {
        let disk = format!("path={},image_type=raw", disk.display());
        words.extend(["--disk".into(), disk]);
    }
    if !case.args.is_empty() {
        words.push(format!("--cmdline={}", case.args.join(" ")));
    }
    Line::new(words)
}
