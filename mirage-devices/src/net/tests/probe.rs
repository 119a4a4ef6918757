//! An address that is probed before it is used.

use super::{
    cable::{Cable, End},
    client::POOL,
    world::World,
};
use crate::{
    net::{Budget, Error, Stack, StackConfig, tcp::Algorithm},
    random::Random,
};
use core::{net::Ipv4Addr, time::Duration};
use std::{cell::Cell, rc::Rc};

const ADDRESS: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 2);

/// RFC 5227: up to a second, two intervals of one to two seconds between three probes, and two seconds more.
const MIN_TIME: Duration = Duration::from_secs(4);
const MAX_TIME: Duration = Duration::from_secs(7);

fn config(address: Ipv4Addr) -> StackConfig {
    StackConfig {
        address,
        prefix_length: 24,
        gateway: None,
    }
}

fn stack(world: &World, link: End, config: Option<StackConfig>, seed: u8) -> Stack {
    let (budget, random) = (Budget::new(POOL), Random::from_seed([seed; 32]));
    let clock = world.clock();
    let stack = Stack::new(
        &link,
        budget,
        Algorithm::CUBIC,
        random.clone(),
        clock.clone(),
    );
    let stack = stack.unwrap();
    stack.add_ipv4(config, random).unwrap();
    world.spawn(stack.run(stack.ipv4().unwrap(), link, clock));
    stack
}

/// A stack that probes `ADDRESS`, and what became of it; the other host has `other`.
fn probing(world: &World, other: Ipv4Addr) -> (Stack, Rc<Cell<Option<bool>>>) {
    let (_, near, far) = Cable::new(&world.clock());
    stack(world, far, Some(config(other)), 8);
    let stack = stack(world, near, None, 7);
    let outcome = Rc::new(Cell::new(None));
    let (probed, told) = (stack.clone(), outcome.clone());
    world.spawn(async move {
        let is_free = probed.probe(config(ADDRESS)).await;
        told.set(Some(is_free.unwrap()));
    });
    (stack, outcome)
}

#[test]
fn an_address_is_used_once_it_was_probed() {
    let world = World::default();
    let (stack, outcome) = probing(&world, Ipv4Addr::new(10, 0, 0, 1));
    world.pass(MIN_TIME);
    assert_eq!((outcome.get(), stack.config()), (None, None));
    assert!(!stack.with_ipv4(|ipv4, _| ipv4.is_usable(ADDRESS)));
    world.pass(MAX_TIME - MIN_TIME);
    assert_eq!(outcome.get(), Some(true));
    assert_eq!(stack.config(), Some(config(ADDRESS)));
    assert!(stack.with_ipv4(|ipv4, _| ipv4.is_usable(ADDRESS)));
}

#[test]
fn an_address_in_use_is_not_taken() {
    let world = World::default();
    let (stack, outcome) = probing(&world, ADDRESS);
    world.pass(MAX_TIME);
    assert_eq!((outcome.get(), stack.config()), (Some(false), None));
    assert!(!stack.with_ipv4(|ipv4, _| ipv4.is_usable(ADDRESS)));
}

/// Nothing hangs if the device fails meanwhile.
#[test]
fn probing_ends_with_the_link() {
    let world = World::default();
    let (cable, near, _far) = Cable::new(&world.clock());
    let stack = stack(&world, near, None, 7);
    let outcome = Rc::new(Cell::new(None));
    let (probed, told) = (stack.clone(), outcome.clone());
    world.spawn(async move {
        told.set(Some(probed.probe(config(ADDRESS)).await));
    });
    world.pass(Duration::from_secs(1));
    assert_eq!(outcome.get(), None);
    cable.cut();
    world.pass(Duration::from_secs(1));
    assert_eq!(outcome.get(), Some(Err(Error::NetworkDown)));
}
