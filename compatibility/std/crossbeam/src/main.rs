//! Channels and scoped threads.

#[mirage_rt::unikernel]
fn main() {
    let (sender, receiver) = crossbeam::channel::bounded(1);
    let sum: u32 = crossbeam::scope(|scope| {
        scope.spawn(move |_| (1..=100).for_each(|number| sender.send(number).expect("a receiver")));
        receiver.iter().sum()
    })
    .expect("no thread panics");
    assert_eq!(sum, 5050);
}
