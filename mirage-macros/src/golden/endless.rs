async fn __main() -> ! {
    loop {}
}
#[cfg(test)]
#[allow(unused_imports)]
use __main as main;
#[cfg(not(test))]
#[allow(dead_code)]
fn main() -> ::mirage_rt::no_main::Main {
    ::core::default::Default::default()
}
#[doc(hidden)]
#[macro_export]
macro_rules! unikernel_of_this_crate {
    () => {};
}
const _: () = {
    use ::mirage_rt as _rt;
    const _MANIFEST: &[_rt::graph::Piece] = &[
        _rt::graph::Piece::Text(
            r#"{"version":2,"name":"endless","targets":["unix","virtio","hvt","spt"],"memory":null,"log":"info","nodes":[],"main":[],"arguments":[]}"#,
        ),
    ];
    #[used]
    #[unsafe(link_section = ".note.mirage")]
    static _NOTE: _rt::graph::Note<{ _rt::graph::length(_MANIFEST) }> = _rt::graph::note(
        _MANIFEST,
    );
    const _IMAGE: _rt::graph::Image = _rt::graph::Image {
        name: "endless",
        log: _rt::graph::log::LevelFilter::Info,
        targets: &["unix", "virtio", "hvt", "spt"],
        attachments: &[],
    };
    async fn _unikernel(_machine: _rt::graph::Machine) -> _rt::graph::Outcome {
        __main().await
    }
    _rt::entry!(_IMAGE, _unikernel);
};
