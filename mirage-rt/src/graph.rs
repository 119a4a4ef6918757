//! The names that the expansion of `#[unikernel]` uses.
//!
//! They are public, so that the expansion is ordinary Rust, which can be read (`cargo mirage expand`)
//! and written by hand. They change with the macros, and are not part of the stable API.
//!
//! The method `wire` of a node's configuration takes the node's dependencies and returns its device,
//! which is started, run, provided and stopped as [`Device`] describes.

pub mod argument;
pub mod block;
mod failure;
mod need;
pub mod net;
mod shutdown;

pub(crate) use self::failure::Chain;
use self::shutdown::Shutdown;
use crate::{
    console::Console,
    device::{Config, Device, Share},
    executor::{self, spawn},
    logger, name, platform,
    random::Random,
    termination::Termination,
    time::Clock,
};
use alloc::{rc::Rc, string::String};
use core::fmt::Write;
pub use failure::{Failure, Outcome};
pub use log;
use mirage_graph::{
    argument::{ArgumentError, ParsedArgs},
    manifest::{self, NOTE_OWNER, NOTE_TYPE},
};
pub use mirage_graph::{
    constant,
    manifest::{Piece, length},
    need::Need,
    number,
    port::Protocol,
    target::{LogLevel, Target},
};
pub use mirage_solo5::manifest::Device as DeviceDeclaration;
pub use need::{
    ConfigRef, Declared, Fallible, Memory, MemoryOf, NoMemory, Undeclared, declared_memory,
    type_of_success,
};

/// The target of this build.
pub const TARGET: Target = platform::TARGET;

/// The properties of an image.
#[derive(Debug)]
pub struct Image {
    /// The unikernel's name.
    pub name: &'static str,
    /// The least severe level that is logged.
    pub log: log::LevelFilter,
    /// The size of the stack in bytes. An image rounds it up to whole pages.
    pub stack: u64,
    /// The names of the targets that the unikernel supports.
    pub targets: &'static [&'static str],
    /// The devices of the Solo5 manifest, which a tender must attach.
    pub solo5_devices: &'static [DeviceDeclaration<'static>],
}

impl Image {
    /// Returns the target whose memory is reported: this one, or for a process the first machine that the
    /// unikernel is declared for.
    pub const fn machine(&self) -> Target {
        let mut index = 0;
        while matches!(TARGET, Target::Unix) && index < Target::MACHINES.len() {
            if self.is_declared_for(Target::MACHINES[index].name()) {
                return Target::MACHINES[index];
            }
            index += 1;
        }
        TARGET
    }

    /// Returns whether the unikernel is declared for `target`.
    pub const fn is_declared_for(&self, target: &str) -> bool {
        let mut index = 0;
        while index < self.targets.len() {
            if same(self.targets[index].as_bytes(), target.as_bytes()) {
                return true;
            }
            index += 1;
        }
        false
    }
}

/// A unikernel of a plan, as the type beside its function. [`image!`](crate::image) makes a program of it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a unikernel of a plan",
    note = "write `#[unikernel(PATH)]` on the function, with the path of the unikernel in the plan"
)]
pub trait Unikernel {
    /// The properties of its image.
    const IMAGE: Image;
    /// Its manifest.
    const MANIFEST: &'static [Piece];

    /// Runs it. Called when the machine is set up.
    fn start() -> !;

    /// Starts its devices with `context` and calls its function, as a test boots it, with the boot arguments `args`.
    ///
    /// # Panics
    /// Panics if it does not take these arguments.
    fn boot(
        context: StartContext,
        args: &[&str],
    ) -> impl Future<Output = Outcome> + 'static + use<Self>;
}

/// Refuses to compile an image of a target that the unikernel does not support. A process is compiled for the
/// graph of every unikernel.
pub const fn check_target(image: &Image) {
    if image.is_declared_for(TARGET.name()) {
        return;
    }
    match TARGET {
        Target::Unix => {}
        Target::Virtio => panic!("the unikernel does not support the target `virtio`"),
        Target::Hvt => panic!("the unikernel does not support the target `hvt`"),
        Target::Spt => panic!("the unikernel does not support the target `spt`"),
    }
}

pub(crate) const fn same(left: &[u8], right: &[u8]) -> bool {
    if left.len() != right.len() {
        return false;
    }
    let mut index = 0;
    while index < left.len() {
        if left[index] != right[index] {
            return false;
        }
        index += 1;
    }
    true
}

/// What the expansion starts devices with: the devices that every machine has (console, clock and
/// random generator), and the `stop` futures of the devices that have started.
#[derive(Debug, Default)]
pub struct StartContext {
    shutdown: Rc<Shutdown>,
}

impl StartContext {
    /// Stops the devices that have started, in reverse order.
    #[cfg(not(mirage_target))]
    pub(crate) async fn stop(&self) {
        self.shutdown.stop().await;
    }

    /// Runs the unikernel that was started with this context, as [`run`] does.
    #[cfg(not(mirage_target))]
    pub(crate) async fn run_to_end(
        &self,
        unikernel: impl Future<Output = Outcome>,
        requested: impl Future<Output = ()>,
    ) -> Outcome {
        shutdown::run_to_end(unikernel, requested, self.shutdown.clone()).await
    }

    /// Returns another handle of this context.
    #[cfg(not(mirage_target))]
    pub(crate) fn share(&self) -> Self {
        Self {
            shutdown: self.shutdown.clone(),
        }
    }

    /// Returns the console.
    pub fn console(&self) -> Console {
        Console
    }

    /// Returns the clock.
    pub fn clock(&self) -> Clock {
        Clock
    }

    /// Returns a random generator that is seeded from the machine's entropy.
    ///
    /// # Errors
    /// Returns [`Failure::NotStarted`] if the machine has no source of entropy.
    pub fn random(&self) -> Result<Random, Failure> {
        platform::random().map_err(Failure::not_started("random"))
    }
}

/// Sets the log level to the boot argument `--logs`.
///
/// # Errors
/// Returns an error if the argument is not a log level.
pub fn apply_log_argument(arguments: &ParsedArgs<'_>) -> Result<(), ArgumentError> {
    let level: LogLevel = arguments.value("logs")?;
    logger::set_level(match level {
        LogLevel::Off => log::LevelFilter::Off,
        LogLevel::Error => log::LevelFilter::Error,
        LogLevel::Warn => log::LevelFilter::Warn,
        LogLevel::Info => log::LevelFilter::Info,
        LogLevel::Debug => log::LevelFilter::Debug,
        LogLevel::Trace => log::LevelFilter::Trace,
    });
    Ok(())
}

/// Sets the unikernel's name to the boot argument `--name`.
///
/// # Errors
/// Returns an error if there is no such argument.
pub fn apply_name_argument(arguments: &ParsedArgs<'_>) -> Result<(), ArgumentError> {
    let name: String = arguments.value("name")?;
    name::set(name.leak());
    Ok(())
}

/// Starts the device of `node` and spawns its background work. The device is stopped when the unikernel
/// ends.
///
/// # Errors
/// Returns [`Failure::NotStarted`] if the device does not start.
pub async fn start<D: Device>(
    context: &StartContext,
    node: &'static str,
    mut device: D,
) -> Result<D::Output, Failure> {
    let started = device.start().await;
    started.map_err(Failure::not_started(node))?;
    if let Some(work) = device.run() {
        spawn(work);
    }
    if let Some(stop) = device.stop() {
        context.shutdown.push(node, stop);
    }
    Ok(device.provide())
}

/// Returns the nodes of a group of steps to the steps after it.
///
/// # Errors
/// Never returns an error: a step that fails ends its group. The type lets the steps use `?`.
pub fn started<T>(nodes: T) -> Result<T, Failure> {
    Ok(nodes)
}

/// Returns the defaults of the fields that a configuration leaves out.
pub const fn defaults<C: Config>() -> C {
    C::DEFAULT
}

/// Returns a node for another user.
pub fn share<T: Share>(node: &T) -> T {
    node.clone()
}

/// Converts what `main` returned: exit status 0, or 1 for an `Err`.
///
/// # Errors
/// Returns a [`Failure`] with status 1 if `main` returned an `Err`.
pub fn exit_status(result: impl Termination) -> Outcome {
    result.into_result().map_err(Failure::Main)
}

/// Runs a unikernel until it ends or the host requests shutdown, stops its devices, and ends the machine
/// with the unikernel's exit status.
pub fn run<F>(image: &'static Image, unikernel: impl FnOnce(StartContext) -> F) -> !
where
    F: Future<Output = Outcome> + 'static,
{
    prepare(image);
    platform::initialise(image.stack);
    let shutdown = Rc::<Shutdown>::default();
    let unikernel = unikernel(StartContext {
        shutdown: shutdown.clone(),
    });
    let main = shutdown::run_to_end(unikernel, platform::shutdown_requested(), shutdown);
    match executor::current().run_until(main) {
        Ok(()) => platform::exit(0),
        #[cfg(all(mirage_target, feature = "std"))]
        Err(Failure::Exited(status)) => crate::process::exit(status),
        Err(failure) => {
            // Devices log while they stop. The last line is the cause.
            let _ = writeln!(Console, "error: {}", Chain(&failure));
            platform::exit(failure.status())
        }
    }
}

/// Sets the logger and the name of an image, and refuses a target that it is not declared for.
// Without this, images are larger.
#[inline(always)]
pub(crate) fn prepare(image: &'static Image) {
    logger::initialise(image.log);
    name::set(image.name);
    // An image of such a target does not compile.
    if matches!(TARGET, Target::Unix) && !image.is_declared_for(TARGET.name()) {
        platform::fail(format_args!(
            "`{}` is not declared for the target `{}`",
            image.name,
            TARGET.name()
        ));
    }
}

/// The manifest as an ELF note with the owner `mirage` and the type 1. The descriptor is JSON. The note
/// is in the section `.note.mirage`.
#[repr(C, align(4))]
#[derive(Debug)]
pub struct Note<const LENGTH: usize> {
    owner_length: u32,
    descriptor_length: u32,
    kind: u32,
    owner: [u8; 8],
    descriptor: [u8; LENGTH],
}

/// Returns the note of a manifest in pieces, whose [`length`] is `LENGTH`.
pub const fn note<const LENGTH: usize>(manifest: &[Piece]) -> Note<LENGTH> {
    assert!(LENGTH <= u32::MAX as usize);
    Note {
        owner_length: NOTE_OWNER.len() as u32 + 1,
        descriptor_length: LENGTH as u32,
        kind: NOTE_TYPE,
        owner: OWNER,
        descriptor: manifest::bytes(manifest),
    }
}

/// The owner with its terminating zero, padded to a multiple of four bytes.
const OWNER: [u8; 8] = {
    let mut owner = [0; 8];
    let (name, _) = owner.split_at_mut(NOTE_OWNER.len());
    name.copy_from_slice(NOTE_OWNER.as_bytes());
    owner
};
