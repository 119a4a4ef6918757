::core::compile_error! {
    "MIR044: `match target` says nothing for `hvt` and `spt`\nhelp: add an arm for it, or `_`, or leave it out of `targets(…)`"
}
#[allow(unused)]
async fn unikernel_main(http: TcpListener, cache: Cache) {}
const _: () = {
    #[allow(unused_imports)]
    use ::mirage_rt as _rt;
    fn _values() {
        let _ = Small;
        let _ = Large;
    }
};
