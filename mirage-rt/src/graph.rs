//! What `#[unikernel]` writes: the names that the expansion is made of.
//!
//! They are public so that the expansion is ordinary Rust, which may be read
//! (`cargo mirage expand`) and written by hand. A node is made by its configuration's `wire`, which
//! takes what the node is built on; then it is started, run and provided, as
//! [`Device`] says.

use crate::executor::spawn;
use crate::{
    arguments::ArgumentError,
    console::Console,
    device::{Config, Device, Share, StartError},
    logger, platform,
    random::Random,
    termination::Termination,
    time::Clock,
};
use core::fmt::{Display, Write};
pub use log;
use mirage_graph::{
    argument::BAD_ARGUMENT,
    manifest::{self, NOTE_OWNER, NOTE_TYPE},
};
pub use mirage_graph::{
    constant,
    manifest::{Piece, length},
    port::Protocol,
    target::Target,
};

/// The target that this is built for.
pub const TARGET: Target = platform::TARGET;

/// What is said of the image as a whole.
#[derive(Debug)]
pub struct Image {
    /// The unikernel's name.
    pub name: &'static str,
    /// The least severe level that is logged.
    pub log: log::LevelFilter,
    /// The targets that it is declared for, by name.
    pub targets: &'static [&'static str],
}

impl Image {
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

/// What every machine has without being asked: the console, the clock, and entropy.
#[derive(Debug)]
pub struct Machine(());

impl Machine {
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
    pub fn random(&self) -> Result<Random, StartError> {
        let mut seed = [0; 32];
        platform::entropy(&mut seed)?;
        Ok(Random::from_seed(seed))
    }
}

/// Starts a device that its configuration's `wire` has made, and begins its background work.
///
/// # Errors
/// It did not start.
pub async fn start<D: Device>(mut device: D) -> Result<D::Output, StartError> {
    device.start().await?;
    if let Some(work) = device.run() {
        spawn(work);
    }
    Ok(device.provide())
}

/// The fields that a configuration leaves out.
pub const fn defaults<C: Config>() -> C {
    C::DEFAULT
}

/// A node for one more of its users.
pub fn share<T: Share>(node: &T) -> T {
    node.clone()
}

/// How a unikernel ended.
#[derive(Debug)]
pub struct Outcome(u8);

impl Outcome {
    /// The node `node` did not start; says so on the console. Status 1.
    pub fn not_started(node: &str, cause: StartError) -> Self {
        Self::ended(1, format_args!("`{node}` did not start: {cause}"))
    }

    /// A boot argument is wrong; says so on the console. Status 64.
    pub fn refused(error: &ArgumentError) -> Self {
        Self::ended(BAD_ARGUMENT, error)
    }

    /// `main` returned. Status 0, or 1 for an `Err`, which is printed on the console.
    pub fn of(result: impl Termination) -> Self {
        match result.into_result() {
            Ok(()) => Self(0),
            Err(cause) => Self::ended(1, cause),
        }
    }

    /// Ended with `status`, because of what is printed.
    fn ended(status: u8, cause: impl Display) -> Self {
        let _ = writeln!(Console, "error: {cause}");
        Self(status)
    }
}

/// Runs a unikernel on this machine until it ends, and ends the machine with its status.
pub fn run<F>(image: &'static Image, unikernel: impl FnOnce(Machine) -> F) -> !
where
    F: Future<Output = Outcome> + 'static,
{
    logger::initialise(image.log);
    platform::initialise(image);
    let Outcome(status) = platform::executor().run_until(unikernel(Machine(())));
    platform::exit(status)
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
