//! What `#[unikernel]` writes: the names that the expansion is made of.
//!
//! They are public so that the expansion is ordinary Rust, which may be read
//! (`cargo mirage expand`) and written by hand. A node is made by its configuration's `wire`, which
//! takes what the node is built on; then it is started, run and provided, and stopped at the end,
//! as [`Device`] says.

pub mod block;
mod failure;
mod need;
pub mod net;
mod shutdown;

pub(crate) use self::failure::Chain;
use self::shutdown::Shutdown;
use crate::{
    arguments::{ArgumentError, ParsedArgs},
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
use mirage_graph::manifest::{self, NOTE_OWNER, NOTE_TYPE};
pub use mirage_graph::{
    constant,
    manifest::{Piece, length},
    need::Need,
    port::Protocol,
    target::{LogLevel, Target},
};
pub use mirage_solo5::manifest::Device as DeviceDeclaration;
pub use need::{Declared, Memory, Of, Undeclared, need_of};

/// The target that this is built for.
pub const TARGET: Target = platform::TARGET;

/// What is said of the image as a whole.
#[derive(Debug)]
pub struct Image {
    /// The unikernel's name.
    pub name: &'static str,
    /// The least severe level that is logged.
    pub log: log::LevelFilter,
    /// The stack, in bytes, rounded up to whole pages in an image.
    pub stack: u64,
    /// The targets that it is declared for, by name.
    pub targets: &'static [&'static str],
    /// The devices of the Solo5 manifest, which a tender must attach.
    pub solo5_devices: &'static [DeviceDeclaration<'static>],
}

impl Image {
    /// The machine whose memory is told of: this one, or in a process the first that the unikernel is
    /// declared for.
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

    /// Whether the unikernel is declared for `target`.
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

const fn same(left: &[u8], right: &[u8]) -> bool {
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
/// random generator), and the stops of those that were started.
#[derive(Debug, Default)]
pub struct StartContext {
    shutdown: Rc<Shutdown>,
}

impl StartContext {
    /// Stops what was started, last first.
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

    /// The console.
    pub fn console(&self) -> Console {
        Console
    }

    /// The clock.
    pub fn clock(&self) -> Clock {
        Clock
    }

    /// The random generator, seeded from the machine's entropy.
    ///
    /// # Errors
    /// The machine has no source of entropy.
    pub fn random(&self) -> Result<Random, Failure> {
        let mut seed = [0; 32];
        platform::entropy(&mut seed).map_err(Failure::not_started("random"))?;
        Ok(Random::from_seed(seed))
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

/// Starts the device of the node `node`, which its configuration's `wire` has made, and begins its
/// background work. It is stopped when the unikernel ends.
///
/// # Errors
/// It did not start.
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

/// The nodes that a group of steps leaves to those after it.
///
/// # Errors
/// There is none: a step that fails has ended its group.
pub fn started<T>(nodes: T) -> Result<T, Failure> {
    Ok(nodes)
}

/// The fields that a configuration leaves out.
pub const fn defaults<C: Config>() -> C {
    C::DEFAULT
}

/// A node for one more of its users.
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

/// Runs a unikernel on this machine until it ends or the host asks for shutdown, stops its devices,
/// and ends the machine with its status.
pub fn run<F>(image: &'static Image, unikernel: impl FnOnce(StartContext) -> F) -> !
where
    F: Future<Output = Outcome> + 'static,
{
    logger::initialise(image.log);
    name::set(image.name);
    if !image.is_declared_for(TARGET.name()) {
        platform::fail(format_args!(
            "`{}` is not declared for the target `{}`",
            image.name,
            TARGET.name()
        ));
    }
    platform::initialise(image.stack);
    let shutdown = Rc::<Shutdown>::default();
    let unikernel = unikernel(StartContext {
        shutdown: shutdown.clone(),
    });
    let main = shutdown::run_to_end(unikernel, platform::shutdown_requested(), shutdown);
    match executor::current().run_until(main) {
        Ok(()) => platform::exit(0),
        Err(failure) => {
            // Printed after all that devices log while they stop: the last line is the cause.
            let _ = writeln!(Console, "error: {}", Chain(&failure));
            platform::exit(failure.status())
        }
    }
}

/// The manifest, as an ELF note: owner `mirage`, type 1, the manifest's JSON as descriptor.
///
/// Its place is the section `.note.mirage`.
#[repr(C, align(4))]
#[derive(Debug)]
pub struct Note<const LENGTH: usize> {
    owner_length: u32,
    descriptor_length: u32,
    kind: u32,
    owner: [u8; 8],
    descriptor: [u8; LENGTH],
}

/// The note of a manifest in pieces, where `LENGTH` is their [`length`].
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

/// The owner with its zero, padded to a multiple of four bytes.
const OWNER: [u8; 8] = {
    let mut owner = [0; 8];
    let (name, _) = owner.split_at_mut(NOTE_OWNER.len());
    name.copy_from_slice(NOTE_OWNER.as_bytes());
    owner
};
