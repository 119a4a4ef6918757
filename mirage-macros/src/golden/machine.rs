#[allow(clippy::unused_async)]
async fn unikernel_main(mut console: Console, _random: Random) {}
#[cfg(test)]
#[allow(unused_imports)]
use unikernel_main as main;
#[cfg(not(test))]
fn main() -> ::mirage_rt::no_main::Main {
    ::core::default::Default::default()
}
#[doc(hidden)]
#[deny(non_local_definitions)]
#[macro_export]
macro_rules! the_only_unikernel_of_a_crate {
    () => {};
}
const _: () = {
    use ::mirage_rt as _rt;
    #[cfg(not(test))]
    const _: fn() -> _rt::no_main::Main = main;
    const fn _needs(_target: _rt::graph::Target) -> [_rt::graph::Need; 2] {
        [_rt::graph::Need::for_machine(_target), _rt::graph::Need::new("stack", 131072)]
    }
    const _IMAGE: _rt::graph::Image = _rt::graph::Image {
        name: "hello",
        log: _rt::graph::log::LevelFilter::Info,
        stack: 131072,
        targets: &["unix", "virtio", "hvt", "spt"],
        solo5_devices: &[],
    };
    const _MANIFEST: &[_rt::graph::Piece] = &[
        _rt::graph::Piece::Text(
            r#"{
  "version": 4,
  "name": "hello",
  "targets": ["unix", "virtio", "hvt", "spt"],
  "memory": null,
  "stack": null,
  "heap": null,
  "log": "info",
  "nodes": [
    {"name": "console", "kind": "console", "config": {}, "on": [], "at": {"file": "FILE", "line": 1, "column": 1}},
    {"name": "random", "kind": "random", "config": {}, "on": [], "at": {"file": "FILE", "line": 1, "column": 1}}
  ],
  "main": ["console", "random"],
  "needs": "#,
        ),
        _rt::graph::Piece::Needs(&_needs(_IMAGE.machine())),
        _rt::graph::Piece::Text(r#",
  "arguments": []
}"#),
    ];
    #[used]
    #[unsafe(link_section = ".note.mirage")]
    static _NOTE: _rt::graph::Note<{ _rt::graph::length(_MANIFEST) }> = _rt::graph::note(
        _MANIFEST,
    );
    async fn _unikernel(_context: _rt::graph::StartContext) -> _rt::graph::Outcome {
        let __console = _context.console();
        let __random = _context.random()?;
        let __console: Console = __console;
        let __random: Random = __random;
        let _result = unikernel_main(__console, __random).await;
        _rt::graph::exit_status(_result)
    }
    _rt::entry!(_IMAGE, _unikernel);
};
