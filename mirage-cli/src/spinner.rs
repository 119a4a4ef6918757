//! A line on the terminal that shows that something is being waited for.

use std::{
    io::{IsTerminal, stderr},
    sync::mpsc::{RecvTimeoutError, Sender, channel},
    thread::{self, JoinHandle},
    time::Duration,
};

const FRAMES: [char; 4] = ['|', '/', '-', '\\'];
const INTERVAL: Duration = Duration::from_millis(100);

/// The line. It disappears with this value. Without a terminal, there is none.
pub struct Spinner {
    drawing: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Spinner {
    /// Shows `message`.
    pub fn start(message: String) -> Self {
        Self {
            drawing: stderr().is_terminal().then(|| draw(message)),
        }
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        if let Some((end, thread)) = self.drawing.take() {
            // The thread's end makes sure that nothing is drawn later.
            drop(end);
            let _ = thread.join();
        }
    }
}

fn draw(message: String) -> (Sender<()>, JoinHandle<()>) {
    let (end, ended) = channel();
    let thread = thread::spawn(move || {
        for frame in FRAMES.into_iter().cycle() {
            eprint!("\r{frame} {message}");
            if ended.recv_timeout(INTERVAL) != Err(RecvTimeoutError::Timeout) {
                break;
            }
        }
        eprint!("\r\x1b[K");
    });
    (end, thread)
}
