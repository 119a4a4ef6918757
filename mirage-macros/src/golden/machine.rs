async fn __main(mut console: Console, _random: Random) {}
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
            r#"{"version":2,"name":"hello","targets":["unix","virtio","hvt","spt"],"memory":null,"log":"info","nodes":[{"name":"console","kind":"console","config":{},"on":[],"at":{"file":"FILE","line":1,"column":1}},{"name":"random","kind":"random","config":{},"on":[],"at":{"file":"FILE","line":1,"column":1}}],"main":["console","random"],"arguments":[]}"#,
        ),
    ];
    #[used]
    #[unsafe(link_section = ".note.mirage")]
    static _NOTE: _rt::graph::Note<{ _rt::graph::length(_MANIFEST) }> = _rt::graph::note(
        _MANIFEST,
    );
    const _IMAGE: _rt::graph::Image = _rt::graph::Image {
        name: "hello",
        log: _rt::graph::log::LevelFilter::Info,
        targets: &["unix", "virtio", "hvt", "spt"],
        attachments: &[],
    };
    async fn _unikernel(_machine: _rt::graph::Machine) -> _rt::graph::Outcome {
        let __console = _machine.console();
        let __random = _machine.random()?;
        let __console: Console = __console;
        let __random: Random = __random;
        let _result = __main(__console, __random).await;
        _rt::graph::ended(_result)
    }
    _rt::entry!(_IMAGE, _unikernel);
};
