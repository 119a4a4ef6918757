//! The unikernel for each of its targets: one graph for all of them, or one for each where a value
//! differs.

use crate::{
    config::{self, Config},
    resolve::{self, Resolved},
    signature::Main,
    source::Source,
};
use mirage_graph::{
    check::{self, Checked},
    target::{Driver, Target},
};
use proc_macro2::TokenStream;

/// A unikernel. Its variants have the same nodes and differ in values.
pub(crate) struct Unikernel {
    pub(crate) variants: Vec<Variant>,
}

/// A unikernel for some of its targets.
pub(crate) struct Variant {
    pub(crate) target: Target,
    pub(crate) resolved: Resolved,
    /// What constant evaluation has to check.
    pub(crate) checked: Checked,
}

impl Unikernel {
    /// The first variant, for what is the same in all of them.
    pub(crate) fn any(&self) -> &Variant {
        &self.variants[0]
    }
}

/// Reads and checks the attribute for each target.
pub(crate) fn read(attribute: TokenStream, main: &Main, source: &mut Source) -> Unikernel {
    let declared = declared(attribute.clone());
    let candidates = declared.clone().unwrap_or_else(|| Target::ALL.into());
    let mut targets = declared.clone().unwrap_or_default();
    let mut graphs = Vec::new();
    for &target in &candidates {
        source.read_for(target, &candidates);
        let found = source.diagnostics().len();
        let config = config::read(attribute.clone(), source);
        if declared.is_none() {
            let allowed = allowed(&config);
            if !source.differs() {
                targets = allowed;
            } else if allowed.contains(&target) {
                targets.push(target);
            } else {
                source.forget_after(found);
                continue;
            }
        }
        graphs.push((target, resolve::resolve(config, main, source)));
        if !source.differs() {
            break;
        }
    }
    let differs = source.differs();
    let variants = graphs.into_iter().map(|(target, mut resolved)| {
        resolved.graph.targets.clone_from(&targets);
        let read_for = [target];
        let read_for = if differs { &read_for[..] } else { &targets };
        let mut checked = check::check(&resolved.graph, read_for);
        source.extend(std::mem::take(&mut checked.diagnostics));
        Variant {
            target,
            resolved,
            checked,
        }
    });
    let variants = variants.collect();
    source.leave_each_once();
    source.show_constants();
    Unikernel { variants }
}

/// The targets that the attribute names, to know what it is to be read for. What is wrong with them
/// is found when it is.
fn declared(attribute: TokenStream) -> Option<Vec<Target>> {
    let targets = config::read(attribute, &mut Source::new()).targets;
    targets.filter(|targets| !targets.is_empty())
}

/// The targets that the interfaces and disks allow: their drivers, their names, and how many there
/// are.
fn allowed(config: &Config) -> Vec<Target> {
    let interfaces = config.interfaces.iter();
    let interfaces = interfaces.map(|interface| (&interface.name, interface.driver));
    let disks = config.disks.iter().map(|disk| (&disk.name, disk.driver));
    let devices: Vec<_> = interfaces.chain(disks).collect();
    let allows = |target: &Target| {
        let limits = target.device_limits();
        let carries = limits.is_none_or(|limits| {
            let mut names = devices.iter().map(|(name, _)| name);
            devices.len() <= limits.devices && names.all(|name| limits.allow(name))
        });
        let mut drivers = devices.iter().map(|(_, driver)| driver.value);
        carries && drivers.all(|driver| driver.unwrap_or(Driver::Auto).is_on(*target))
    };
    Target::ALL.into_iter().filter(allows).collect()
}
