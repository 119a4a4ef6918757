//! Follows the unikernels until they end.

use super::{output::Output, published::Published};
use crate::{
    application::Application,
    console::AwaitedPorts,
    failure::{Failure, Result},
    guest::{End, Guest},
    interrupt::Interrupt,
    ports::Port,
    power_button::PowerButton,
    qemu, solo5,
};
use mirage_graph::target::Target;
use rustix::process::{Pid, Signal, kill_process};
use std::{
    process::ExitCode,
    sync::{
        Arc,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
};

/// What happens to a unikernel, by its position, or to the tool.
enum Event {
    /// Its ports are open.
    Ready(usize),
    Ended(usize, Result<End>),
    /// Ctrl-C.
    Interrupted,
}

/// How far a unikernel is.
enum State {
    Waiting,
    Starting(Running),
    Ready(Running),
    Ended,
}

/// What stops a unikernel.
struct Running {
    pid: Pid,
    button: Option<PowerButton>,
}

/// The unikernels of an application, while they run.
pub struct Supervisor<'a> {
    application: &'a Application,
    output: &'a Arc<Output>,
    events: Receiver<Event>,
    sender: Sender<Event>,
    states: Vec<State>,
    is_interrupted: bool,
    /// Whether a unikernel has ended otherwise than it was asked to.
    has_failed: bool,
}

impl<'a> Supervisor<'a> {
    /// No unikernel runs yet.
    pub fn new(
        application: &'a Application,
        output: &'a Arc<Output>,
        interrupt: Interrupt,
    ) -> Self {
        let (sender, events) = channel();
        let interrupted = sender.clone();
        thread::spawn(move || {
            if interrupt.wait() {
                // If nobody receives it, the tool ends anyway.
                let _ = interrupted.send(Event::Interrupted);
            }
        });
        let states = application.members.iter().map(|_| State::Waiting);
        Self {
            application,
            output,
            events,
            sender,
            states: states.collect(),
            is_interrupted: false,
            has_failed: false,
        }
    }

    /// Waits until the unikernels that were started before have opened their ports or ended. Returns whether this one is
    /// to be started, which it is not after Ctrl-C.
    pub fn wait_until_started(&mut self, position: usize) -> bool {
        let is_starting = |state: &State| matches!(state, State::Starting(_));
        while self.states[..position].iter().any(is_starting) && !self.is_interrupted {
            self.handle_next();
        }
        !self.is_interrupted
    }

    /// Follows a unikernel that was started.
    pub fn add(&mut self, position: usize, guest: Guest, button: Option<PowerButton>) {
        let member = &self.application.members[position];
        let running = Running {
            pid: guest.pid(),
            button,
        };
        let graph = member.graph();
        let interfaces: Vec<_> = graph.interfaces().map(|(_, interface)| interface).collect();
        let messages = Port::all(graph).into_iter().filter_map(|port| {
            let address = interfaces[port.interface].address.value.configured();
            address.get().map(|address| port.open_at(address.address))
        });
        let ports: Vec<_> = messages.collect();
        self.states[position] = match ports.is_empty() {
            true => State::Ready(running),
            false => State::Starting(running),
        };
        let (sender, symbols) = (self.sender.clone(), member.image.symbols.clone());
        let console = self.output.console(position);
        thread::spawn(move || {
            let ready = sender.clone();
            let awaited = (!ports.is_empty()).then(|| AwaitedPorts {
                ports,
                // If nobody receives it, the tool ends.
                then: Box::new(move || drop(ready.send(Event::Ready(position)))),
            });
            let end = guest.copy_to_end(console, &symbols, awaited, None);
            let _ = sender.send(Event::Ended(position, end));
        });
    }

    /// Follows all unikernels until they have ended. Ctrl-C stops them, clients before their servers.
    pub fn run(mut self, published: &[Published]) -> Result {
        let is_starting = |state: &State| matches!(state, State::Starting(_));
        while self.states.iter().any(is_starting) && !self.is_interrupted {
            self.handle_next();
        }
        if !self.is_interrupted {
            self.print_status(published);
        }
        while self.is_running() && !self.is_interrupted {
            self.handle_next();
        }
        if self.is_running() {
            self.stop();
        }
        Ok(match self.has_failed {
            true => ExitCode::FAILURE,
            false => ExitCode::SUCCESS,
        })
    }

    fn is_running(&self) -> bool {
        let is_running = |state: &State| matches!(state, State::Starting(_) | State::Ready(_));
        self.states.iter().any(is_running)
    }

    /// Stops those that run, one after the other: clients before their servers.
    fn stop(&mut self) {
        let name = &self.application.name;
        self.output
            .note(format_args!("stopping `{name}`; Ctrl-C again kills it"));
        for position in (0..self.states.len()).rev() {
            match std::mem::replace(&mut self.states[position], State::Ended) {
                State::Starting(running) | State::Ready(running) => {
                    self.stop_one(position, running);
                }
                State::Waiting | State::Ended => {}
            }
        }
    }

    fn stop_one(&mut self, position: usize, running: Running) {
        match running.button {
            Some(button) => button.press(),
            // It may have ended by itself.
            None => drop(kill_process(running.pid, self.signal(position))),
        }
        loop {
            match self.events.recv() {
                Ok(Event::Ended(ended, end)) if ended == position => {
                    return match self.signal(position) {
                        Signal::KILL => self.note(position, "was stopped"),
                        _ => self.report(position, end),
                    };
                }
                Ok(event) => self.handle(event),
                Err(_) => return,
            }
        }
    }

    fn handle_next(&mut self) {
        // There is a sender in `self`.
        if let Ok(event) = self.events.recv() {
            self.handle(event);
        }
    }

    fn handle(&mut self, event: Event) {
        match event {
            Event::Ready(position) => {
                let state = &mut self.states[position];
                *state = match std::mem::replace(state, State::Ended) {
                    State::Starting(running) => State::Ready(running),
                    other => other,
                };
            }
            Event::Ended(position, end) => {
                self.states[position] = State::Ended;
                self.report(position, end);
            }
            Event::Interrupted => self.is_interrupted = true,
        }
    }

    /// Says how a unikernel has ended.
    fn report(&mut self, position: usize, end: Result<End>) {
        let graph = self.application.members[position].graph();
        let status = end.and_then(|end| match self.target(position) {
            Target::Virtio => qemu::exit_status(&end),
            Target::Unix if end.status.code().is_some_and(|code| code != 0) => {
                Ok(ExitCode::FAILURE)
            }
            Target::Unix | Target::Hvt | Target::Spt => solo5::exit_status(graph, &end),
        });
        match status {
            Ok(ExitCode::SUCCESS) => self.note(position, "has ended"),
            Ok(_) => {
                self.has_failed = true;
                self.note(position, "has failed");
            }
            Err(failure) => {
                self.has_failed = true;
                Failure::report(failure);
                self.note(position, "has failed");
            }
        }
    }

    fn note(&self, position: usize, what: &str) {
        let name = self.application.members[position].name();
        self.output.note(format_args!("`{name}` {what}"));
    }

    /// The signal that stops a unikernel without a power button. Tenders pass none on.
    fn signal(&self, position: usize) -> Signal {
        match self.target(position) {
            Target::Unix | Target::Virtio => Signal::TERM,
            Target::Hvt | Target::Spt => Signal::KILL,
        }
    }

    fn target(&self, position: usize) -> Target {
        self.application.members[position].image.target
    }

    /// Says what runs, and where the host reaches it.
    fn print_status(&self, published: &[Published]) {
        let count = self.states.iter();
        let count = count
            .filter(|state| matches!(state, State::Ready(_)))
            .count();
        let (name, all) = (&self.application.name, self.states.len());
        self.output
            .note(format_args!("`{name}` is up: {count} of {all} unikernels"));
        for Published {
            member,
            port,
            published,
        } in published
        {
            let member = self.application.members[*member].name();
            let protocol = port.protocol.name();
            self.output.note(format_args!(
                "{member}.{} ({protocol} {}) is at {}",
                port.name, port.number, published.host
            ));
        }
    }
}
