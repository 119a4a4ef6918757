//! The memory that custom devices declare by [`Config::MEMORY`]. The expansion does not know whether the
//! type of a configuration implements [`Config`]: method lookup selects the constant, or 0.

use super::Failure;
use crate::device::Config;
use core::{marker::PhantomData, ops::Deref};

/// Returns the memory, in bytes, that the type of a configuration declares. `configuration` is never
/// called, so its expression may await and use `?`.
///
/// ```
/// use mirage_rt::{device::Config, graph::{ConfigRef, declared_memory, started}};
///
/// struct CacheConfig;
/// impl Config for CacheConfig {
///     const DEFAULT: Self = Self;
///     const MEMORY: usize = 64 * 1024;
/// }
///
/// const CACHE: u64 = declared_memory(&async || started(ConfigRef(&CacheConfig).declared_memory()));
/// const TEXT: u64 = declared_memory(&async || started(ConfigRef(&"none").declared_memory()));
/// assert_eq!((CACHE, TEXT), (65536, 0));
/// ```
pub const fn declared_memory<M: Memory, F>(_configuration: &F) -> u64
where
    F: AsyncFnOnce() -> Result<M, Failure>,
{
    M::BYTES
}

/// The memory that a configuration type declares, if it is written out: `MemoryOf::<CacheConfig>::BYTES`.
#[derive(Debug)]
pub struct MemoryOf<C>(PhantomData<C>);

impl<C: Config> MemoryOf<C> {
    /// [`Config::MEMORY`].
    pub const BYTES: u64 = C::MEMORY as u64;
}

/// The memory of a type that declares none. An inherent constant takes precedence over this one.
pub trait NoMemory {
    /// No memory, unless the type has a constant of this name.
    const BYTES: u64 = 0;
}

impl<C> NoMemory for MemoryOf<C> {}

/// A type of values that `?` takes apart.
pub trait Fallible {
    /// What `?` evaluates to.
    type Success;
}

impl<T, E> Fallible for Result<T, E> {
    type Success = T;
}

impl<T> Fallible for Option<T> {
    type Success = T;
}

/// Stands for `value?` in a configuration. It is never called.
pub fn type_of_success<T: Fallible>(_value: T) -> T::Success {
    unreachable!("only its type is used")
}

/// A configuration whose [`Config::MEMORY`] is looked up.
#[derive(Debug)]
pub struct ConfigRef<'a, C>(pub &'a C);

impl<C: Config> ConfigRef<'_, C> {
    /// Returns [`Config::MEMORY`] as a type. Method lookup prefers it to the method of [`Undeclared`],
    /// which it finds through `Deref`. No trait of the user must have a method of this name for all types:
    /// it would come between the two.
    pub const fn declared_memory(&self) -> Declared<C> {
        Declared(PhantomData)
    }
}

/// A configuration that does not implement [`Config`] declares no memory.
impl<C> Deref for ConfigRef<'_, C> {
    type Target = Undeclared;

    fn deref(&self) -> &Undeclared {
        &Undeclared
    }
}

/// An amount of memory, as a type.
pub trait Memory {
    /// The amount, in bytes.
    const BYTES: u64;
}

/// [`Config::MEMORY`].
#[derive(Debug)]
pub struct Declared<C>(PhantomData<C>);

impl<C: Config> Memory for Declared<C> {
    const BYTES: u64 = C::MEMORY as u64;
}

/// A configuration that declares no memory.
#[derive(Debug)]
pub struct Undeclared;

impl Undeclared {
    /// Returns itself, as [`Declared`] configurations return theirs.
    pub const fn declared_memory(&self) -> Self {
        Self
    }
}

impl Memory for Undeclared {
    const BYTES: u64 = 0;
}
