//! What a device of the user's own says of its memory: a constant of its configuration's type, which
//! the expansion asks for without knowing whether there is one.

use super::Failure;
use crate::device::Config;
use core::{marker::PhantomData, ops::Deref};

/// The memory, in bytes, that is declared by the type of what `configuration` makes. It is never
/// called: a configuration need not be constant, and may wait or fail as where the device is made.
///
/// ```
/// use mirage_rt::{device::Config, graph::{Of, need_of, started}};
///
/// struct CacheConfig;
/// impl Config for CacheConfig {
///     const DEFAULT: Self = Self;
///     const MEMORY: usize = 64 * 1024;
/// }
///
/// const CACHE: u64 = need_of(&async || started(Of(&CacheConfig).declared_memory()));
/// const TEXT: u64 = need_of(&async || started(Of(&"none").declared_memory()));
/// assert_eq!((CACHE, TEXT), (65536, 0));
/// ```
pub const fn need_of<M: Memory, F>(_configuration: &F) -> u64
where
    F: AsyncFnOnce() -> Result<M, Failure>,
{
    M::BYTES
}

/// A configuration of which it is asked what memory it declares.
#[derive(Debug)]
pub struct Of<'a, C>(pub &'a C);

impl<C: Config> Of<'_, C> {
    /// That of its type. No trait of the user's has a method of this name, which would be found
    /// before the one behind `Deref`.
    pub const fn declared_memory(&self) -> Declared<C> {
        Declared(PhantomData)
    }
}

/// One that has no defaults declares no memory either.
impl<C> Deref for Of<'_, C> {
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
