async fn __main(mut console: Console, _random: Random) {}
const _: () = {
    use ::mirage_rt::{driver, graph, net};
    #[used]
    #[unsafe(link_section = ".note.mirage")]
    static MANIFEST: graph::Note<346usize> = graph::note(
        *b"{\"version\":1,\"name\":\"hello\",\"targets\":[\"unix\",\"virtio\"],\"memory\":null,\"log\":\"info\",\"nodes\":[{\"name\":\"console\",\"kind\":\"console\",\"config\":{},\"on\":[],\"at\":{\"file\":\"FILE\",\"line\":1,\"column\":1}},{\"name\":\"random\",\"kind\":\"random\",\"config\":{},\"on\":[],\"at\":{\"file\":\"FILE\",\"line\":1,\"column\":1}}],\"main\":[\"console\",\"random\"],\"arguments\":[]}",
    );
    const IMAGE: graph::Image = graph::Image {
        name: "hello",
        log: graph::log::LevelFilter::Info,
        targets: &["unix", "virtio"],
    };
    async fn unikernel(_machine: graph::Machine) -> graph::Outcome {
        let __console = _machine.console();
        let __random = match _machine.random() {
            ::core::result::Result::Ok(__random) => __random,
            ::core::result::Result::Err(_cause) => {
                return graph::Outcome::not_started("random", _cause);
            }
        };
        let _result = __main(__console, __random).await;
        graph::Outcome::of(_result)
    }
    ::mirage_rt::entry!(IMAGE, unikernel);
};
