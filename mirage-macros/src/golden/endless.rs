#[allow(clippy::unused_async)]
async fn unikernel_main() -> ! {
    loop {}
}
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
        name: "endless",
        log: _rt::graph::log::LevelFilter::Info,
        stack: 131072,
        targets: &["unix", "virtio", "hvt", "spt"],
        solo5_devices: &[],
    };
    const _MANIFEST: &[_rt::graph::Piece] = &[
        _rt::graph::Piece::Text(
            r#"{
  "version": 4,
  "name": "endless",
  "targets": ["unix", "virtio", "hvt", "spt"],
  "memory": null,
  "stack": null,
  "heap": null,
  "log": "info",
  "nodes": [],
  "main": [],
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
        unikernel_main().await
    }
    _rt::entry!(_IMAGE, _unikernel);
};
