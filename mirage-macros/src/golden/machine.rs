async fn __main(mut console: Console, _random: Random) {}
const _: () = {
    use ::mirage_rt::{driver, graph, net};
    #[used]
    #[unsafe(link_section = ".note.mirage")]
    static MANIFEST: graph::Note<331usize> = graph::note(
        *b"{\"version\":1,\"name\":\"hello\",\"targets\":[\"unix\",\"virtio\"],\"memory\":null,\"log\":\"info\",\"nodes\":[{\"name\":\"console\",\"kind\":\"console\",\"config\":{},\"on\":[],\"at\":{\"file\":\"FILE\",\"line\":1,\"column\":1}},{\"name\":\"random\",\"kind\":\"random\",\"config\":{},\"on\":[],\"at\":{\"file\":\"FILE\",\"line\":1,\"column\":1}}],\"main\":[\"console\",\"random\"]}",
    );
    const IMAGE: graph::Image = graph::Image {
        name: "hello",
        log: graph::log::LevelFilter::Info,
        targets: &["unix", "virtio"],
    };
    async fn unikernel(__machine: graph::Machine) -> graph::Outcome {
        let console = __machine.console();
        let random = match __machine.random() {
            ::core::result::Result::Ok(device) => device,
            ::core::result::Result::Err(cause) => {
                return graph::Outcome::not_started("random", cause);
            }
        };
        let result = __main(console, random).await;
        graph::Outcome::of(result)
    }
    ::mirage_rt::entry!(IMAGE, unikernel);
};
