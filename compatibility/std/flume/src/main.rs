//! A channel between threads.

#[mirage_rt::unikernel]
fn main() {
    let (sender, receiver) = flume::bounded(1);
    let sending = std::thread::spawn(move || {
        (1..=100).for_each(|number: u32| sender.send(number).expect("a receiver"))
    });
    assert_eq!(receiver.iter().sum::<u32>(), 5050);
    sending.join().expect("it does not panic");
}
