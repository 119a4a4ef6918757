//! One exchange of frames, by itself.

use super::{cable::Cable, client::SERVER, world::World};
use crate::{
    net::{Budget, Stack, StackConfig, tcp::Algorithm},
    random::Random,
    time::{Instant, Monotonic},
};
use core::{cell::Cell, future::ready, time::Duration};
use std::rc::Rc;

/// A clock that moves on by a millisecond whenever it is read.
#[derive(Clone)]
struct Ticking(Rc<Cell<Instant>>);

impl Monotonic for Ticking {
    fn now(&self) -> Instant {
        let now = self.0.get() + Duration::from_millis(1);
        self.0.set(now);
        now
    }

    fn sleep_until(&self, _deadline: Instant) -> impl Future<Output = ()> + 'static {
        ready(())
    }
}

/// A fast peer acknowledges what was sent before the same exchange receives. If both had one time, the
/// round trip would take none.
#[test]
fn frames_are_received_later_than_others_were_sent() {
    let (_cable, mut link, _end) = Cable::new(&World::default().clock());
    let clock = Ticking(Rc::new(Cell::new(Instant::BOOT)));
    let config = StackConfig {
        address: SERVER,
        prefix_length: 24,
        gateway: None,
    };
    let random = Random::from_seed([42; 32]);
    let stack = Stack::new(
        &link,
        Budget::new(0),
        Algorithm::CUBIC,
        random.clone(),
        clock.clone(),
    )
    .unwrap();
    let family = stack.add_ipv4(Some(config), random).unwrap();
    let sent_at = clock.now();
    stack.shared.exchange(&family, &mut link, sent_at);
    assert!(stack.shared.state.borrow().now > sent_at);
}
