async fn __main() -> ! {
    loop {}
}
const _: () = {
    use ::mirage_rt::{driver, graph, net};
    #[used]
    #[unsafe(link_section = ".note.mirage")]
    static MANIFEST: graph::Note<121usize> = graph::note(
        *b"{\"version\":1,\"name\":\"endless\",\"targets\":[\"unix\",\"virtio\"],\"memory\":null,\"log\":\"info\",\"nodes\":[],\"main\":[],\"arguments\":[]}",
    );
    const IMAGE: graph::Image = graph::Image {
        name: "endless",
        log: graph::log::LevelFilter::Info,
        targets: &["unix", "virtio"],
    };
    async fn unikernel(_machine: graph::Machine) -> graph::Outcome {
        __main().await
    }
    ::mirage_rt::entry!(IMAGE, unikernel);
};
