//! Threads, channels and locks of the standard library.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, mpsc},
    thread,
    time::{Duration, Instant},
};

#[mirage_rt::unikernel()]
fn main() {
    let begin = Instant::now();
    let words = Arc::new(Mutex::new(HashMap::new()));
    let (sender, receiver) = mpsc::channel();
    let workers: Vec<_> = (1..=4)
        .map(|number: u64| {
            let (words, sender) = (words.clone(), sender.clone());
            thread::spawn(move || {
                thread::sleep(Duration::from_millis(10 * number));
                words.lock().unwrap().insert(number, "done");
                sender.send(number * number).unwrap();
            })
        })
        .collect();
    drop(sender);
    let sum: u64 = receiver.iter().sum();
    for worker in workers {
        worker.join().unwrap();
    }
    println!("the squares add up to {sum}");
    println!("{} workers are done", words.lock().unwrap().len());
    assert!(begin.elapsed() >= Duration::from_millis(40));
}
