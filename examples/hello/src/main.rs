//! Hand expansion.
#![no_std]
#![cfg_attr(not(test), no_main)]

use core::fmt::Write;
use mirage_rt::{console::Console, time::Clock};

async fn __main(mut console: Console, clock: Clock) {
    let _ = writeln!(console, "hello at {:?}", clock.wall());
    clock
        .sleep(mirage_rt::time::Duration::from_millis(10))
        .await;
}

const _: () = {
    use ::mirage_rt::graph;
    #[used]
    #[unsafe(link_section = ".note.mirage")]
    static MANIFEST: graph::Note<2> = graph::note(*b"{}");
    const IMAGE: graph::Image = graph::Image {
        name: "hello",
        log: graph::log::LevelFilter::Info,
        targets: &["unix", "virtio"],
    };
    async fn unikernel(machine: graph::Machine) -> graph::Outcome {
        let console = machine.console();
        let clock = machine.clock();
        graph::Outcome::of(__main(console, clock).await)
    }
    ::mirage_rt::entry!(IMAGE, unikernel);
};
