use super::*;
use alloc::{collections::VecDeque, rc::Rc, vec::Vec};
use core::{
    cell::RefCell,
    task::{Poll, Waker},
};

/// What a read of the fake tender answers.
enum Answer {
    Frame(Vec<u8>),
    /// So many bytes, whatever the buffer holds.
    Length(usize),
    No(NotRead),
}

/// A tender with scripted replies, which records what is written.
#[derive(Clone, Default)]
struct Fake(Rc<RefCell<State>>);

#[derive(Default)]
struct State {
    answers: VecDeque<Answer>,
    reads: usize,
    written: Vec<Vec<u8>>,
}

impl NetCalls for Fake {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, NotRead> {
        self.0.borrow_mut().reads += 1;
        let answer = self.0.borrow_mut().answers.pop_front();
        match answer.unwrap_or(Answer::No(NotRead::Empty)) {
            Answer::Frame(frame) => {
                let length = frame.len().min(buffer.len());
                buffer[..length].copy_from_slice(&frame[..length]);
                Ok(length)
            }
            Answer::Length(length) => Ok(length),
            Answer::No(why) => Err(why),
        }
    }

    fn write(&mut self, frame: &[u8]) {
        self.0.borrow_mut().written.push(frame.to_vec());
    }
}

impl Interrupt for Fake {
    fn poll_raised(&mut self, _context: &mut Context<'_>) -> Poll<()> {
        match self.0.borrow().answers.is_empty() {
            true => Poll::Pending,
            false => Poll::Ready(()),
        }
    }
}

const MTU: u16 = 100;

type Net = Solo5Net<Fake, Transmitter<Fake>, Fake>;

fn device(answers: impl IntoIterator<Item = Answer>) -> (Net, Fake) {
    let fake = Fake::default();
    fake.0.borrow_mut().answers.extend(answers);
    let transmitter = Transmitter::new(fake.clone(), MTU);
    let mac = [2, 0, 0, 0, 0, 1];
    let net = Solo5Net::new(fake.clone(), transmitter, fake.clone(), mac, MTU);
    (net, fake)
}

fn ready(net: &mut Net) -> Poll<Result<(), LinkLost>> {
    net.poll_ready(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn frames_come_in_order_and_stay_until_they_are_done_with() {
    let frames = [vec![1; 14], vec![2; 60]];
    let (mut net, _) = device(frames.clone().map(Answer::Frame));
    assert_eq!(ready(&mut net), Poll::Ready(Ok(())));
    let (receiver, _) = net.split();
    for frame in frames {
        for _ in 0..2 {
            assert_eq!(receiver.front().as_deref(), Some(&*frame));
        }
        receiver.pop();
    }
    assert_eq!(receiver.front(), None);
    assert_eq!(ready(&mut net), Poll::Pending);
}

#[test]
fn after_the_last_frame_nothing_is_read_before_the_next_interrupt() {
    let (mut net, fake) = device([Answer::Frame(vec![1; 14])]);
    let (receiver, _) = net.split();
    assert!(receiver.front().is_some());
    receiver.pop();
    for _ in 0..3 {
        assert_eq!(receiver.front(), None);
    }
    assert_eq!(fake.0.borrow().reads, 2);
    let next = Answer::Frame(vec![2; 14]);
    fake.0.borrow_mut().answers.push_back(next);
    assert_eq!(ready(&mut net), Poll::Ready(Ok(())));
    assert_eq!(net.split().0.front().as_deref(), Some(&[2; 14][..]));
}

#[test]
fn the_largest_frame_fits_with_a_tag() {
    let largest = 14 + 4 + usize::from(MTU);
    let (mut net, _) = device([Answer::Frame(vec![7; largest])]);
    let (receiver, _) = net.split();
    assert_eq!(receiver.front().map(|frame| frame.len()), Some(largest));
}

#[test]
fn what_is_too_short_for_a_frame_is_passed_over() {
    let (mut net, _) = device(
        [0, 13]
            .map(Answer::Length)
            .into_iter()
            .chain([Answer::Frame(vec![3; 14])]),
    );
    for length in [None, None, Some(14)] {
        assert_eq!(ready(&mut net), Poll::Ready(Ok(())));
        assert_eq!(net.split().0.front().map(|frame| frame.len()), length);
    }
}

#[test]
fn a_tender_that_reads_too_much_is_given_up() {
    for length in [14 + 4 + usize::from(MTU) + 1, usize::MAX] {
        let (mut net, _) = device([Answer::Length(length), Answer::Frame(vec![1; 14])]);
        assert_eq!(net.split().0.front(), None);
        assert_eq!(ready(&mut net), Poll::Ready(Err(LinkLost)));
        assert_eq!(net.split().0.front(), None, "nothing more is read");
    }
}

#[test]
fn a_device_that_is_gone_is_a_lost_link() {
    let (mut net, _) = device([Answer::No(NotRead::Gone)]);
    assert_eq!(net.split().0.front(), None);
    assert_eq!(ready(&mut net), Poll::Ready(Err(LinkLost)));
}

#[test]
fn frames_are_written_at_once_and_none_is_too_long() {
    let (mut net, fake) = device([]);
    let (_, transmitter) = net.split();
    assert!(transmitter.has_room());
    let largest = 14 + usize::from(MTU);
    assert_eq!(transmitter.push(largest, |frame| frame.fill(9)), Some(()));
    assert_eq!(transmitter.push(20, |frame| frame.fill(8)), Some(()));
    assert_eq!(transmitter.push(largest + 1, |_| ()), None);
    assert_eq!(fake.0.borrow().written, [vec![9; largest], vec![8; 20]]);
}
