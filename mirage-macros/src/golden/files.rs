#[allow(clippy::unused_async)]
fn unikernel_main() {}
#[cfg(test)]
#[allow(unused_imports)]
use unikernel_main as main;
#[doc(hidden)]
enum __Unikernel {}
#[cfg(not(test))]
fn main() {
    __Unikernel::main()
}
#[doc(hidden)]
#[deny(non_local_definitions)]
#[macro_export]
macro_rules! the_only_unikernel_of_a_crate {
    () => {};
}
const _: () = {
    use ::mirage_rt as _rt;
    const _TMP: &::core::primitive::str = LIMIT;
    const _: () = _rt::graph::constant::check_size(_TMP);
    const _ARGUMENTS: &[&[_rt::graph::argument::Argument<&str>]] = &[
        &[_rt::graph::argument::standard::env()],
    ];
    const fn _needs(_target: _rt::graph::Target) -> [_rt::graph::Need; 5] {
        [
            _rt::graph::Need::for_machine(_target),
            _rt::graph::Need::new("stack", 131072),
            _rt::graph::Need::new(
                "main thread",
                _rt::process::stacks(_rt::process::DEFAULT_MAIN_STACK, 1),
            ),
            _rt::graph::Need::new(
                "threads",
                _rt::process::stacks(_rt::process::DEFAULT_STACK, 8),
            ),
            _rt::graph::Need::new("root files", 14),
        ]
    }
    const _: () = _rt::graph::constant::enough(
        8388608,
        &[
            &_needs(_rt::graph::Target::Virtio),
            &_needs(_rt::graph::Target::Hvt),
            &_needs(_rt::graph::Target::Spt),
        ],
    );
    const _: () = _rt::graph::constant::within_memory(
        _rt::graph::constant::size(_TMP),
        &[
            _rt::graph::Target::Unix,
            _rt::graph::Target::Virtio,
            _rt::graph::Target::Hvt,
            _rt::graph::Target::Spt,
        ],
    );
    const _IMAGE: _rt::graph::Image = _rt::graph::Image {
        name: "files",
        log: _rt::graph::log::LevelFilter::Info,
        stack: 131072,
        targets: &["unix", "virtio", "hvt", "spt"],
        solo5_devices: &[],
    };
    const _PROCESS: _rt::process::Process = _rt::process::Process {
        main_stack: _rt::process::DEFAULT_MAIN_STACK,
        threads: 8,
        stack: _rt::process::DEFAULT_STACK,
        environment: &[],
    };
    const _MANIFEST: &[_rt::graph::Piece] = &[
        _rt::graph::Piece::Text(
            r#"{
  "version": 4,
  "name": "files",
  "targets": ["unix", "virtio", "hvt", "spt"],
  "memory": 8388608,
  "stack": "#,
        ),
        _rt::graph::Piece::Number(_PROCESS.main_stack),
        _rt::graph::Piece::Text(
            r#",
  "heap": null,
  "log": "info",
  "nodes": [],
  "main": [],
  "needs": "#,
        ),
        _rt::graph::Piece::Needs(&_needs(_IMAGE.machine())),
        _rt::graph::Piece::Text(r#",
  "arguments": "#),
        _rt::graph::Piece::Arguments(_ARGUMENTS),
        _rt::graph::Piece::Text(r#",
  "threads": {"stack": "#),
        _rt::graph::Piece::Number(_PROCESS.stack),
        _rt::graph::Piece::Text(r#", "max": "#),
        _rt::graph::Piece::Number(_PROCESS.threads as u64),
        _rt::graph::Piece::Text(
            r#"},
  "env": [],
  "root": {"path": "src/tests/files/", "files": 2, "bytes": 14},
  "tmp": "#,
        ),
        _rt::graph::Piece::Number(_rt::graph::constant::size(_TMP)),
        _rt::graph::Piece::Text(r#"
}"#),
    ];
    #[used]
    #[unsafe(link_section = ".note.mirage")]
    static _NOTE: _rt::graph::Note<{ _rt::graph::length(_MANIFEST) }> = _rt::graph::note(
        _MANIFEST,
    );
    async fn _unikernel(
        _context: _rt::graph::StartContext,
        _arguments: _rt::graph::argument::ParsedArgs<'static>,
    ) -> _rt::graph::Outcome {
        const _: ::core::option::Option<&::core::primitive::str> = ::core::option_env!(
            "MIRAGE_FILES"
        );
        static _FILES: &[_rt::process::TreeNode] = &[
            _rt::process::TreeNode::directory("", 0, 1, 5),
            _rt::process::TreeNode::directory("dev", 0, 0, 0),
            _rt::process::TreeNode::file(
                "index.html",
                0,
                ::core::include_bytes!(
                    ::core::concat!(::core::env!("CARGO_MANIFEST_DIR"),
                    "/src/tests/files/index.html")
                ),
            ),
            _rt::process::TreeNode::directory("notes", 0, 5, 6),
            _rt::process::TreeNode::directory("tmp", 0, 0, 0),
            _rt::process::TreeNode::file(
                "a \"quoted\" name.txt",
                3,
                ::core::include_bytes!(
                    ::core::concat!(::core::env!("CARGO_MANIFEST_DIR"),
                    "/src/tests/files/notes/a \"quoted\" name.txt")
                ),
            ),
        ];
        _rt::process::mount(_FILES, _rt::graph::constant::size(_TMP));
        _rt::process::run(()).await
    }
    impl __Unikernel {
        #[cfg(not(test))]
        fn main() {
            _rt::std_start!(_IMAGE, _PROCESS, _ARGUMENTS, _unikernel);
            unikernel_main()
        }
    }
    _rt::std_entry!(_IMAGE, _PROCESS, _ARGUMENTS, _unikernel);
};
